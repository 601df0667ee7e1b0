// A job in several threads. Each runs the whole plan on its part of the input; this one decides when they stand still, what
// makes a checkpoint of what they have, and when they end.
//
// Standing still goes stage by stage, as the exchanges cut the plan: an exchange is drained when what it sent is processed on
// the other side, so once all subtasks stand still at one stage, nothing is on its way to the next.
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import type { Logger } from '../../connector/runtime-context.ts';
import type { Position, ScanTableSource, SourceProgress } from '../../connector/source.ts';
import { type JobPlan, nodesOf } from '../../plan/nodes.ts';
import { scanParallelism } from '../../plan/parallelism.ts';
import type { Clock } from '../../types/clock.ts';
import { DreyError } from '../../types/errors.ts';
import { type Checkpoint, encodeState } from '../checkpoint/checkpoint.ts';
import type { Execution, Snapshot } from '../execution.ts';
import type { MetricRegistry } from '../metrics.ts';
import type { Output } from '../operator.ts';
import type { JobCalls, SubtaskCalls, SubtaskReport, SubtaskStart } from './calls.ts';
import { unpackError } from './error-transfer.ts';
import { MergedMetrics } from './merged-metrics.ts';
import { Remote } from './remote.ts';
import { RowTransfer } from './row-transfer.ts';

/** Starts a thread that plans the job again and runs `runSubtask`. @param handOver ports of `start` */
export type StartThread = (start: SubtaskStart, handOver: readonly MessagePort[]) => Worker;

export interface ParallelExecutionOptions {
  readonly startThread: StartThread;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricRegistry;
  readonly timeZone: string;
  readonly batchSize: number;
  readonly stdout: (text: string) => void | Promise<void>;
  readonly stderr: (text: string) => void | Promise<void>;
  /** Takes the rows of a SELECT. */
  readonly collect: Output;
  readonly fail: (error: Error) => void;
}

/** A subtask has a limit of its own for what it waits for when it closes; after this one its thread is ended. */
const CLOSE_LIMIT_MS = 12_000;

interface Subtask {
  readonly worker: Worker;
  readonly remote: Remote<SubtaskCalls, JobCalls>;
  readonly exited: Promise<void>;
}

export class ParallelExecution implements Execution {
  readonly #options: ParallelExecutionOptions;
  readonly #plan: JobPlan;
  readonly #sources: readonly Source[];
  readonly #metrics: MergedMetrics;
  readonly #progress: (readonly SourceProgress[])[] = [];
  readonly #opened = Promise.withResolvers<void>();
  readonly #transfer: RowTransfer;
  #subtasks: readonly Subtask[] = [];
  #stages = 1;
  /** By subtask, of the last snapshot. */
  #positions: readonly (readonly Position[])[] = [];
  /** One change of the loops' state after the other. */
  #changing: Promise<void> = Promise.resolve();
  #closing = false;

  constructor(plan: JobPlan, options: ParallelExecutionOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#metrics = new MergedMetrics(options.metrics);
    this.#sources = sourcesOf(plan);
    this.#transfer = new RowTransfer(plan.roots[0]!.schema);
  }

  #start(
    index: number,
    ports: readonly (MessagePort | null)[],
    ready: PromiseWithResolvers<number>,
  ): Subtask {
    const { startThread, timeZone, batchSize } = this.#options;
    const start: SubtaskStart = { index, ports, timeZone, batchSize };
    const worker = startThread(
      start,
      ports.filter((port) => port !== null),
    );
    const remote: Subtask['remote'] = new Remote(worker, this.#calls(index, ready));
    const gone = (error: Error) => {
      ready.reject(error);
      remote.gone(error);
      if (!this.#closing) this.#options.fail(error);
    };
    worker.on('error', (error: Error) => gone(error));
    const exited = new Promise<void>((resolve) => {
      worker.on('exit', (code) => {
        gone(new DreyError('INTERNAL', `Thread ${index + 1} of the job has ended with ${code}.`));
        resolve();
      });
    });
    return { worker, remote, exited };
  }

  #calls(index: number, ready: PromiseWithResolvers<number>): JobCalls {
    const { logger, fail, stdout, stderr, collect } = this.#options;
    return {
      ready: (stages) => ready.resolve(stages),
      failed: (error) => fail(unpackError(error)),
      report: (report) => this.#report(index, report),
      log: ({ level, message }) => logger[level](message),
      async print({ to, text }) {
        await (to === 'stdout' ? stdout(text) : stderr(text));
      },
      collect: async (batch) => {
        await collect(this.#transfer.unpack(batch));
      },
    };
  }

  #report(index: number, { metrics, progress }: SubtaskReport): void {
    this.#metrics.take(index, metrics);
    this.#progress[index] = progress;
  }

  /** Asks every subtask. */
  #all<T>(ask: (remote: Subtask['remote'], index: number) => Promise<T>): Promise<T[]> {
    return Promise.all(this.#subtasks.map(({ remote }, index) => ask(remote, index)));
  }

  async open(restored: Checkpoint | null): Promise<void> {
    const { parallelism } = this.#plan;
    const ready = Array.from({ length: parallelism }, () => Promise.withResolvers<number>());
    this.#subtasks = connected(parallelism).map((ports, index) => this.#start(index, ports, ready[index]!));
    const [stages] = await Promise.all(ready.map(({ promise }) => promise));
    this.#stages = stages!;
    const start =
      restored === null
        ? null
        : {
            fingerprint: restored.fingerprint,
            positions: restored.positions,
            state: [encodeState(restored.state), ...(restored.encoded ?? [])],
          };
    await this.#all((remote) => remote.ask('open', start));
    this.#opened.resolve();
  }

  async run(): Promise<void> {
    await this.#all((remote) => remote.ask('run', null));
  }

  stop(): void {
    // What goes wrong meanwhile, `run` tells.
    this.#exclusively(async () => {
      await this.#opened.promise;
      await this.#stageByStage('stop');
    }).catch(() => undefined);
  }

  pause(): Promise<void> {
    return this.#exclusively(() => this.#stageByStage('pause'));
  }

  async #stageByStage(what: 'pause' | 'stop'): Promise<void> {
    for (let stage = 0; stage < this.#stages; stage++) {
      await this.#all((remote) => remote.ask(what, stage));
    }
  }

  resume(): void {
    for (const { remote } of this.#subtasks) remote.tell('resume', null);
  }

  #exclusively(change: () => Promise<void>): Promise<void> {
    const done = this.#changing.then(change);
    this.#changing = done.catch(() => undefined);
    return done;
  }

  async snapshot(): Promise<Snapshot> {
    const parts = await this.#all((remote) => remote.ask('snapshot', null));
    this.#positions = parts.map((part) => part.positions);
    return {
      fingerprint: parts[0]!.fingerprint,
      positions: this.#sources.map((source, i) => {
        const own = this.#positions.slice(0, source.parallelism).map((positions) => positions[i]!);
        return source.table?.mergePositions?.(own) ?? own[0]!;
      }),
      state: new Map(),
      encoded: parts.map((part) => part.state),
    };
  }

  /** Each subtask commits what it has read itself. */
  async commit(): Promise<void> {
    await this.#all((remote, index) => remote.ask('commit', this.#positions[index]!));
  }

  progress(): readonly SourceProgress[] {
    return this.#sources.map((_, i) => merged(this.#progress.flatMap((sources) => sources[i] ?? [])));
  }

  abort(): void {
    this.#closing = true;
  }

  async close(): Promise<void> {
    this.#closing = true;
    const limit = Promise.withResolvers<null>();
    const timer = this.#options.clock.schedule(CLOSE_LIMIT_MS, () => limit.resolve(null));
    await Promise.all(this.#subtasks.map((subtask, index) => this.#close(subtask, index, limit.promise)));
    timer.cancel();
  }

  async #close({ worker, remote, exited }: Subtask, index: number, limit: Promise<null>): Promise<void> {
    const closed = remote.ask('close', null).catch(() => null);
    const report = await Promise.race([closed, limit]);
    if (report !== null) this.#report(index, report);
    await worker.terminate();
    await exited;
  }
}

/** By the source's place in the topology. */
interface Source {
  /** Null for VALUES. */
  readonly table: ScanTableSource | null;
  readonly parallelism: number;
}

function sourcesOf(plan: JobPlan): Source[] {
  return nodesOf(plan.roots).flatMap((node): Source[] => {
    if (node.kind === 'values') return [{ table: null, parallelism: 1 }];
    if (node.kind !== 'scan') return [];
    return [{ table: node.source, parallelism: scanParallelism(node, plan.parallelism) }];
  });
}

/** A port between any two of `count` subtasks, by subtask. */
function connected(count: number): (MessagePort | null)[][] {
  const ports = Array.from({ length: count }, () => new Array<MessagePort | null>(count).fill(null));
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      const { port1, port2 } = new MessageChannel();
      ports[a]![b] = port1;
      ports[b]![a] = port2;
    }
  }
  return ports;
}

/** The slowest reader says how far all are. */
function merged(readers: readonly SourceProgress[]): SourceProgress {
  const pending = readers.flatMap((r) => r.pending ?? []);
  const fractions = readers.flatMap((r) => r.fraction ?? []);
  return {
    ...(pending.length === 0 ? {} : { pending: pending.reduce((a, b) => a + b, 0) }),
    ...(fractions.length === 0 ? {} : { fraction: Math.min(...fractions) }),
  };
}
