// One of the threads of a job: the whole plan, of which it reads its part, between exchanges with the other ones. When it does
// what is decided by the job's thread.
import type { Logger, RuntimeContext } from '../../connector/runtime-context.ts';
import type { JobPlan } from '../../plan/nodes.ts';
import { systemClock, type Timer } from '../../types/clock.ts';
import type { RowBatch } from '../../types/row.ts';
import { decodeState, encodeState } from '../checkpoint/checkpoint.ts';
import { LocalExecution } from '../local-execution.ts';
import { MetricRegistry } from '../metrics.ts';
import { buildTopology } from '../topology.ts';
import type { JobCalls, LogLevel, SubtaskCalls, SubtaskReport, SubtaskStart } from './calls.ts';
import { packError } from './error-transfer.ts';
import { ExchangeHost } from './exchange-host.ts';
import { type CallPort, Remote } from './remote.ts';
import { RowTransfer } from './row-transfer.ts';

/** The job's metrics and status line are this old at most. */
const REPORT_MS = 250;

/** Runs until the job's thread has closed it. */
export function runSubtask(plan: JobPlan, start: SubtaskStart, port: CallPort): void {
  const job: Remote<JobCalls, SubtaskCalls> = new Remote(port, {
    open: (restored) => {
      report();
      const state = restored === null ? null : decodeState(restored.state);
      return execution.open(restored === null ? null : { ...restored, id: 0, time: 0, state: state! });
    },
    run: () => execution.run(),
    pause: (stage) => execution.pause(stage),
    resume: () => execution.resume(),
    snapshot() {
      const { fingerprint, positions, state } = execution.snapshot();
      return { fingerprint, positions, state: encodeState(state) };
    },
    commit: (positions) => execution.commit(positions),
    async stop(stage) {
      execution.stop(stage);
      await execution.ended(stage);
    },
    async close() {
      timer?.cancel();
      execution.abort();
      await exchanges.close();
      await execution.close();
      return reading();
    },
  });
  const exchanges = new ExchangeHost(start.index, start.ports);
  const metrics = new MetricRegistry();
  const topology = buildTopology(plan, {
    ...output(job),
    clock: systemClock,
    metrics,
    timeZone: start.timeZone,
    collect: collector(plan, job),
    fail: (error) => job.tell('failed', packError(error)),
    subtask: { index: start.index, exchanges },
  });
  const logger = output(job).logger;
  const execution = new LocalExecution(topology, { clock: systemClock, logger, batchSize: start.batchSize });
  let timer: Timer | null = null;
  const reading = (): SubtaskReport => ({ metrics: metrics.report(), progress: execution.progress() });
  const report = () => {
    timer = systemClock.schedule(REPORT_MS, () => {
      job.tell('report', reading());
      report();
    });
  };
  job.tell('ready', Math.max(...topology.pipelines.map((p) => p.stage)) + 1);
}

type Job = Remote<JobCalls, SubtaskCalls>;

/** Lines and texts go to the job's thread. */
function output(job: Job): Pick<RuntimeContext, 'logger' | 'stdout' | 'stderr'> {
  const log = (level: LogLevel) => (message: string) => job.tell('log', { level, message });
  const logger: Logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
  const print = (to: 'stdout' | 'stderr') => (text: string) => job.ask('print', { to, text });
  return { logger, stdout: print('stdout'), stderr: print('stderr') };
}

function collector(plan: JobPlan, job: Job): (batch: RowBatch) => Promise<void> {
  const root = plan.roots[0]!;
  const transfer = new RowTransfer(root.schema);
  return (batch) => job.ask('collect', transfer.pack(batch).packed);
}
