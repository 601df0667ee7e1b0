// Starts the threads of a job.
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { embeddedRedis } from '../../connectors/redis/embedded/embedded-redis.ts';
import type { TableUse } from '../../plan/logical.ts';
import type { SubtaskStart } from '../../runtime/parallel/calls.ts';
import type { StartThread } from '../../runtime/parallel/parallel-execution.ts';
import { isYoungGenerationSet, YOUNG_GENERATION_MB } from '../../runtime/young-generation.ts';
import type { SessionCopy } from './session-copy.ts';

/** What a thread gets when it begins. */
export interface ThreadData {
  readonly session: SessionCopy;
  readonly start: SubtaskStart;
  /** Where the Redis of `'host' = 'embedded'` is: there is one a process. */
  readonly embeddedRedis: { readonly host: string; readonly port: number } | null;
  /** Where compiled code is kept, if it is. */
  readonly compileCache: string | null;
}

/** The sources run as they are; a build has one file for the threads, beside its other ones. */
const ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? './subtask-main.ts' : './subtask.mjs',
  import.meta.url,
);

/** @param tables that the job uses */
export async function jobThreads(session: SessionCopy, tables: readonly TableUse[]): Promise<StartThread> {
  let shared: ThreadData['embeddedRedis'] = null;
  if (tables.some(isEmbedded)) {
    const { host, port } = await embeddedRedis();
    shared = { host, port };
  }
  const cache = getCompileCacheDir();
  // The folder of this version of Node stands in the one that was asked for.
  const compileCache = cache === undefined ? null : dirname(cache);
  return (start, handOver) =>
    new Worker(ENTRY, {
      workerData: { session, start, embeddedRedis: shared, compileCache } satisfies ThreadData,
      transferList: [...handOver],
      resourceLimits: isYoungGenerationSet() ? {} : { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
}

function isEmbedded({ options }: TableUse): boolean {
  return [...options].some(
    ([key, value]) => key.toLowerCase() === 'host' && value.trim().toLowerCase() === 'embedded',
  );
}
