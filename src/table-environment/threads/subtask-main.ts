// Where a thread of a job begins.
import { enableCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadData } from './job-threads.ts';

const { session, start, embeddedRedis, compileCache } = workerData as ThreadData;
// A thread does not inherit it, and everything else is to be loaded with it.
if (compileCache !== null) enableCompileCache(compileCache);
if (embeddedRedis !== null) {
  const { useEmbeddedRedis } = await import('../../connectors/redis/embedded/embedded-redis.ts');
  useEmbeddedRedis(embeddedRedis);
}
const [{ planAgain }, { runSubtask }] = await Promise.all([
  import('./session-copy.ts'),
  import('../../runtime/parallel/subtask.ts'),
]);
runSubtask(await planAgain(session), start, parentPort!);
