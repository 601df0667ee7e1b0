// A topology that runs in this thread. Its loops belong to stages: one, unless it is a subtask of several, whose exchanges
// each begin a new stage.
import type { Logger } from '../connector/runtime-context.ts';
import type { Position, SourceProgress } from '../connector/source.ts';
import type { Clock } from '../types/clock.ts';
import { TableError } from '../types/errors.ts';
import type { Checkpoint } from './checkpoint/checkpoint.ts';
import type { Execution, Snapshot } from './execution.ts';
import { PipelineLoop } from './pipeline-loop.ts';
import type { Topology } from './topology.ts';

export interface LocalExecutionOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Rows a poll asks for. */
  readonly batchSize: number;
}

/** Closing may wait for a dead server only so long. */
const CLOSE_LIMIT_MS = 10_000;

interface StagedLoop {
  readonly stage: number;
  readonly loop: PipelineLoop;
  /** Settles with the loop's run. */
  readonly end: PromiseWithResolvers<void>;
}

export class LocalExecution implements Execution {
  readonly #topology: Topology;
  readonly #options: LocalExecutionOptions;
  readonly #loops: readonly StagedLoop[];

  constructor(topology: Topology, options: LocalExecutionOptions) {
    this.#topology = topology;
    this.#options = options;
    const { batchSize, clock } = options;
    this.#loops = topology.pipelines.map(({ stage, sources, operators }) => {
      const end = Promise.withResolvers<void>();
      // Nobody may be waiting for this loop's own end.
      end.promise.catch(() => undefined);
      return { stage, loop: new PipelineLoop(sources, operators, batchSize, clock), end };
    });
  }

  async open(restored: Checkpoint | null): Promise<void> {
    const topology = this.#topology;
    if (restored !== null) this.#restore(restored);
    await Promise.all([
      ...topology.operators.map(async (operator) => operator.open?.()),
      ...topology.sources.map(({ reader }, i) => reader.open(restored?.positions[i] ?? null)),
    ]);
  }

  #restore({ fingerprint, state }: Checkpoint): void {
    const topology = this.#topology;
    if (fingerprint !== topology.fingerprint) {
      throw new TableError(
        `The checkpoint was taken by a job with another plan and cannot be restored.\nCheckpoint: ${fingerprint}\nThis job:   ${topology.fingerprint}`,
        { hint: 'Start without --resume, or give the changed job another pipeline.name.' },
      );
    }
    for (const [index, entries] of state) topology.operators[index]!.restore?.(entries);
  }

  async run(): Promise<void> {
    await Promise.all(
      this.#loops.map(({ loop, end }) => {
        loop.run().then(end.resolve, end.reject);
        return end.promise;
      }),
    );
  }

  stop(stage = 0): void {
    for (const { loop } of this.#of(stage)) loop.stop();
  }

  /** Resolves when the loops of the stage have run to their end. */
  async ended(stage: number): Promise<void> {
    await Promise.all(this.#of(stage).map(({ end }) => end.promise));
  }

  async pause(stage = 0): Promise<void> {
    await Promise.all(this.#of(stage).map(({ loop }) => loop.pause()));
  }

  resume(): void {
    for (const { loop } of this.#loops) loop.resume();
  }

  #of(stage: number): StagedLoop[] {
    return this.#loops.filter((l) => l.stage === stage);
  }

  snapshot(): Snapshot {
    const { operators, sources, fingerprint } = this.#topology;
    const state = new Map<number, readonly unknown[]>();
    for (const [i, operator] of operators.entries()) {
      if (operator.snapshot !== undefined) state.set(i, [...operator.snapshot()]);
    }
    return { fingerprint, positions: sources.map((s) => s.reader.position()), state };
  }

  async commit(positions: readonly Position[]): Promise<void> {
    await Promise.all(
      this.#topology.sources.map(async ({ reader, name }, i) => {
        try {
          await reader.commit(positions[i]!);
        } catch (error) {
          this.#options.logger.warn(
            `The position of ${name} could not be committed: ${error instanceof Error ? error.message : String(error)}`,
          );
        }
      }),
    );
  }

  progress(): readonly SourceProgress[] {
    return this.#topology.sources.map((s) => s.reader.progress());
  }

  abort(): void {
    for (const { loop } of this.#loops) loop.abort();
  }

  async close(): Promise<void> {
    const closing = [
      ...this.#topology.sources.map((s) => s.reader.close()),
      ...this.#topology.operators.map(async (o) => o.close?.()),
    ];
    const limit = Promise.withResolvers<void>();
    const timer = this.#options.clock.schedule(CLOSE_LIMIT_MS, () => limit.resolve());
    const all = Promise.allSettled(closing).then((results) => {
      for (const r of results) {
        if (r.status === 'rejected') this.#options.logger.warn(`While closing: ${String(r.reason)}`);
      }
    });
    await Promise.race([all, limit.promise]);
    timer.cancel();
  }
}
