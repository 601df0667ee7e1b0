// What a thread has to know of its session to plan a job once more: plans themselves hold functions, which do not go from one
// thread to another. Planned from the same, they are the same.
import type { CatalogData, CatalogManager } from '../../plan/catalog/catalog.ts';
import { packCatalog, unpackCatalog } from '../../plan/catalog/transfer.ts';
import { PLANNER_OPTIONS, SessionConfig } from '../../plan/config.ts';
import { builtInFunctions, FunctionCatalog } from '../../plan/functions/catalog.ts';
import type { JobPlan } from '../../plan/nodes.ts';
import { type JobStatement, planJob } from '../../plan/planner.ts';
import { Registry } from '../../registry.ts';
import { RUNTIME_OPTIONS } from '../../runtime/config.ts';

export interface SessionCopy {
  readonly catalog: CatalogData;
  readonly config: readonly (readonly [key: string, value: string])[];
  readonly statement: JobStatement;
  /** When the job was planned, in milliseconds since the epoch. */
  readonly now: number;
}

export function copySession(
  catalog: CatalogManager,
  config: SessionConfig,
  statement: JobStatement,
  now: number,
): SessionCopy {
  return { catalog: packCatalog(catalog), config: config.entries(), statement, now };
}

export async function planAgain(session: SessionCopy): Promise<JobPlan> {
  const functions = new FunctionCatalog(builtInFunctions);
  const { plan } = await planJob(session.statement, {
    catalog: unpackCatalog(session.catalog, functions),
    config: new SessionConfig([...PLANNER_OPTIONS, ...RUNTIME_OPTIONS], session.config),
    functions,
    registry: new Registry(),
    now: () => session.now,
    threads: true,
  });
  return plan;
}
