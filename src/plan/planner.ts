// From statements to the plan of a job.
import type { ExplainDetail, Insert, Query } from '../sql/ast.ts';
import { DreyError } from '../types/errors.ts';
import { type Schema, summaryString } from '../types/schema.ts';
import type { BindContext } from './bind/context.ts';
import { type BoundInsert, bindInsert } from './bind/insert.ts';
import { bindRootQuery } from './bind/query.ts';
import type { CatalogManager } from './catalog/catalog.ts';
import { CDC_EVENTS_DUPLICATE, PARALLELISM, PIPELINE_NAME, type SessionConfig } from './config.ts';
import { explainPlan } from './explain/explain.ts';
import { printLogical } from './explain/logical.ts';
import { type FactoryRegistry, LoadedFactories } from './factories.ts';
import type { FunctionCatalog } from './functions/catalog.ts';
import { namesOf, type Rel, relInputs, type TableUse } from './logical.ts';
import type { JobPlan, PhysicalNode, RootNode } from './nodes.ts';
import { inputsOf, nodesOf } from './nodes.ts';
import { parallelismOf } from './parallelism.ts';
import { PhysicalBuilder } from './physical/build.ts';
import { withExchanges } from './physical/exchanges.ts';
import { JobScans } from './physical/scans.ts';
import { buildSink } from './physical/sink.ts';
import type { EvalContext } from './rex.ts';
import { optimize } from './rules/optimize.ts';

export interface PlannerContext extends BindContext {
  readonly catalog: CatalogManager;
  readonly functions: FunctionCatalog;
  readonly registry: FactoryRegistry;
  readonly config: SessionConfig;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Whether jobs may run in several threads (`parallelism.default`). */
  readonly threads: boolean;
}

/** What one job does: a query whose result is collected, or inserts. */
export type JobStatement =
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'inserts'; readonly inserts: readonly Insert[] };

export interface Planned {
  readonly plan: JobPlan;
  /** Schema of a query's result. */
  readonly schema: Schema | null;
  /** Sinks of inserts, in order. */
  readonly sinks: readonly string[];
  /** Tables that are read, looked up or written. */
  readonly tables: readonly TableUse[];
  readonly logical: readonly string[];
}

interface BoundStatement {
  readonly rel: Rel;
  readonly names: readonly string[];
  readonly insert: BoundInsert | null;
}

/** @throws ValidationError, TableError; nothing is connected */
export async function planJob(statement: JobStatement, context: PlannerContext): Promise<Planned> {
  const bound = bindStatement(statement, context);
  const uses = bound.flatMap((b) => [...usesOf(b.rel), ...(b.insert === null ? [] : [b.insert.use])]);
  const factories = await LoadedFactories.load(uses, context.registry, context.config);
  const optimized = bound.map((b) =>
    optimize(b.rel, {
      evalContext: evalContext(context),
      lookupSource: (use) => factories.lookupSource(use),
    }),
  );
  const scans = new JobScans(optimized, factories, context.config.get(CDC_EVENTS_DUPLICATE));
  const builder = new PhysicalBuilder(scans, context.config);
  const roots = bound.map((b, i): RootNode => {
    const rel = optimized[i]!;
    if (b.insert !== null) {
      const sink = factories.sink(b.insert.use);
      return buildSink(b.insert, rel, b.names, sink, { builder, scans, config: context.config });
    }
    const input = builder.build(rel, true);
    const { changelogMode, upsertKeys } = input;
    return { kind: 'collect', schema: b.rel.schema, changelogMode, upsertKeys, input };
  });
  const placed = inThreads(roots, context);
  const sinks = bound.flatMap((b) =>
    b.insert === null ? [] : [summaryString(b.insert.use.table.identifier)],
  );
  return {
    plan: {
      name:
        context.config.find(PIPELINE_NAME) ??
        (sinks.length === 0 ? 'collect' : `insert-into_${sinks.join(',')}`),
      ...placed,
      warnings: warningsOf(roots),
    },
    schema: statement.kind === 'query' ? bound[0]!.rel.schema : null,
    sinks,
    tables: uses,
    logical: bound.map((b, i) =>
      printLogical(b.rel, b.insert === null ? undefined : { table: sinks[i]!, fields: b.names }),
    ),
  };
}

/** @returns the text of EXPLAIN */
export async function explainJob(
  statement: JobStatement,
  details: readonly ExplainDetail[],
  context: PlannerContext,
): Promise<string> {
  const { plan, logical } = await planJob(statement, context);
  return explainPlan(logical, plan, details);
}

/** Every error of a job's statements and of the tables they use, one for each table. */
export async function jobErrors(statement: JobStatement, context: PlannerContext): Promise<DreyError[]> {
  const single: readonly JobStatement[] =
    statement.kind === 'query'
      ? [statement]
      : statement.inserts.map((insert) => ({ kind: 'inserts', inserts: [insert] }));
  const errors: DreyError[] = [];
  for (const part of single) errors.push(...(await statementErrors(part, context)));
  return errors.length > 0 ? errors : collecting(() => planJob(statement, context));
}

async function statementErrors(statement: JobStatement, context: PlannerContext): Promise<DreyError[]> {
  const errors: DreyError[] = [];
  errors.push(
    ...(await collecting(async () => {
      const [bound] = bindStatement(statement, context);
      errors.push(...(await tableErrors(bound!, context)));
    })),
  );
  return errors.length > 0 ? errors : collecting(() => planJob(statement, context));
}

async function tableErrors({ rel, insert }: BoundStatement, context: PlannerContext): Promise<DreyError[]> {
  const uses = [...usesOf(rel), ...(insert === null ? [] : [insert.use])];
  const factories = await LoadedFactories.load(uses, context.registry, context.config);
  const errors: DreyError[] = [];
  const seen = new Set<unknown>();
  const visit = async (node: Rel, isLookup: boolean): Promise<void> => {
    if (node.kind === 'scan' && !seen.has(node.use.table)) {
      seen.add(node.use.table);
      const { use } = node;
      errors.push(
        ...(await collecting(() => (isLookup ? factories.lookupSource(use) : factories.scanSource(use)))),
      );
    }
    for (const input of relInputs(node)) {
      const joined = node.kind === 'join' && node.period !== null && input === node.right;
      await visit(input, joined || (isLookup && node.kind !== 'join'));
    }
  };
  if (insert !== null) errors.push(...(await collecting(() => factories.sink(insert.use))));
  await visit(rel, false);
  return errors;
}

/** The error of `work`, if it is one of the user's. */
async function collecting(work: () => unknown): Promise<DreyError[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (error instanceof DreyError) return [error];
    throw error;
  }
}

function bindStatement(statement: JobStatement, context: PlannerContext): BoundStatement[] {
  if (statement.kind === 'query') {
    const rel = bindRootQuery(statement.query, context);
    return [{ rel, names: namesOf(rel), insert: null }];
  }
  return statement.inserts.map((node) => {
    const insert = bindInsert(node, context);
    return { rel: insert.rel, names: namesOf(insert.rel), insert };
  });
}

function usesOf(rel: Rel): TableUse[] {
  const uses: TableUse[] = rel.kind === 'scan' ? [rel.use] : [];
  return [...uses, ...relInputs(rel).flatMap(usesOf)];
}

/** The plan for as many threads as it can use. */
function inThreads(roots: readonly RootNode[], { config, threads }: PlannerContext) {
  const wanted = threads ? config.get(PARALLELISM) : 1;
  if (wanted === 1) return { roots, parallelism: 1 };
  const placed = withExchanges(roots, wanted, config);
  const of = parallelismOf({ parallelism: wanted });
  const used = nodesOf(placed).some((node) => of(node) > 1);
  return used ? { roots: placed, parallelism: wanted } : { roots, parallelism: 1 };
}

function evalContext(context: PlannerContext): EvalContext {
  const { timeZone } = context.config;
  return { timeZone, now: () => context.now(), queryStart: context.now() };
}

/** What sources and sinks have to say, once each. */
function warningsOf(roots: readonly RootNode[]): string[] {
  const warnings = new Set<string>();
  const seen = new Set<PhysicalNode>();
  const visit = (node: PhysicalNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'lookupJoin') for (const w of node.source.warnings) warnings.add(w);
    for (const input of inputsOf(node)) visit(input);
  };
  for (const root of roots) {
    visit(root.input);
    if (root.kind === 'sink') for (const w of root.sink.warnings) warnings.add(w);
  }
  return [...warnings];
}
