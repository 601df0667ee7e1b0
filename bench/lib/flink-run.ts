// Runs one job on the cluster, says what it cost, and looks at what it left in Redis.
import type { FlinkHandle } from '../../scripts/flink/cluster.mjs';
import { FlinkJobs, GatewaySession } from '../../scripts/flink/gateway.mjs';
import type { RedisHandle } from '../../scripts/services/index.mjs';
import {
  DIMENSION_KEYS,
  dimensionValue,
  type FlinkWork,
  flinkKey,
  flinkStatements,
  RESULT_KEY,
  sinkValue,
} from './flink-works.ts';
import { cpuTimes, machineCpuMs, processCpuMs } from './measure.ts';

const LIMIT_MS = 600_000;
const SAMPLES = 500;
const KEYS_A_COMMAND = 1000;

export interface FlinkUsage {
  /** From RUNNING to FINISHED, as the JobManager tells. */
  readonly wallMs: number;
  readonly jvmCpuMs: number;
  /** Of the worker. */
  readonly nodeCpuMs: number;
  readonly redisCpuMs: number;
  /** Cores that others used meanwhile. */
  readonly foreignCores: number;
}

export interface FlinkPlace {
  readonly flink: FlinkHandle;
  readonly redis: RedisHandle;
}

/** Runs a work over `rows` rows. @throws when the job fails, or Redis does not hold what it should afterwards */
export async function runFlinkWork(place: FlinkPlace, work: FlinkWork, rows: number): Promise<FlinkUsage> {
  await place.redis.command(['FLUSHALL']);
  if (work.kind === 'lookup') await loadDimension(place.redis);
  const session = await GatewaySession.open(place.flink, {
    'restart-strategy.type': 'disable',
    ...work.settings,
  });
  try {
    const statements = flinkStatements(work, rows, place.redis.port);
    const insert = statements.pop()!;
    for (const statement of statements) await session.execute(statement);
    const usage = await measured(place, session, insert);
    await expectResult(place.redis, work, rows);
    return usage;
  } finally {
    await session.close();
  }
}

async function measured(place: FlinkPlace, session: GatewaySession, insert: string): Promise<FlinkUsage> {
  const jobs = new FlinkJobs(place.flink);
  const before = sample(place);
  const { jobId } = await session.execute(insert);
  if (jobId === null) throw new Error(`no job: ${insert}`);
  await jobs.finished(jobId, LIMIT_MS);
  const after = sample(place);
  const { timestamps } = await jobs.get<{
    readonly timestamps: { readonly RUNNING: number; readonly FINISHED: number };
  }>(`/jobs/${jobId}`);
  const foreign = after.machine - before.machine - (after.ours - before.ours);
  return {
    wallMs: timestamps.FINISHED - timestamps.RUNNING,
    jvmCpuMs: after.jvm - before.jvm,
    nodeCpuMs: after.node - before.node,
    redisCpuMs: after.redis - before.redis,
    foreignCores: Math.max(0, foreign) / (after.time - before.time),
  };
}

/** A task ends only after its worker has, so that the worker's time is among that of the children that have ended. */
function sample({ flink, redis }: FlinkPlace) {
  const taskManager = cpuTimes(flink.taskManagers[0]!.pid);
  const redisCpu = processCpuMs(redis.pid);
  const gateway = cpuTimes(flink.gateway.pid);
  const { user, system } = process.cpuUsage();
  const others = processCpuMs(flink.jobManager.pid) + gateway.own + gateway.children + (user + system) / 1000;
  return {
    jvm: taskManager.own,
    node: taskManager.children,
    redis: redisCpu,
    ours: taskManager.own + taskManager.children + redisCpu + others,
    machine: machineCpuMs(),
    time: performance.now(),
  };
}

async function loadDimension(redis: RedisHandle): Promise<void> {
  for (let from = 0; from < DIMENSION_KEYS; from += KEYS_A_COMMAND) {
    const words = ['MSET'];
    for (let n = from; n < from + KEYS_A_COMMAND; n++) words.push(flinkKey(n), dimensionValue(n));
    await redis.command(words);
  }
}

async function expectResult(redis: RedisHandle, work: FlinkWork, rows: number): Promise<void> {
  if (work.options === null) return;
  if (work.kind === 'lookup') {
    await expectReply(redis, work, ['GET', RESULT_KEY], String(rows));
    await expectReply(redis, work, ['DBSIZE'], DIMENSION_KEYS + 1);
    return;
  }
  await expectReply(redis, work, ['DBSIZE'], rows);
  for (let i = 0; i < SAMPLES; i++) {
    const n = Math.floor((i * rows) / SAMPLES);
    await expectReply(redis, work, ['GET', flinkKey(n)], sinkValue(n));
  }
}

async function expectReply(
  redis: RedisHandle,
  work: FlinkWork,
  command: readonly string[],
  expected: string | number,
): Promise<void> {
  const found = await redis.command(command);
  if (found !== expected)
    throw new Error(`${work.name}: ${command.join(' ')} is ${String(found)}, not ${expected}`);
}
