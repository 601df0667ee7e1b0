// What an attempt of a job runs: everything open, its loops, and what a checkpoint asks of them. Either in this thread
// (`local-execution.ts`), or in several (`parallel/parallel-execution.ts`).
import type { Position, SourceProgress } from '../connector/source.ts';
import type { Checkpoint } from './checkpoint/checkpoint.ts';

/** What a checkpoint keeps. */
export type Snapshot = Omit<Checkpoint, 'id' | 'time'>;

export interface Execution {
  /** Connects everything, where the checkpoint says or where the tables themselves do. */
  open(restored: Checkpoint | null): Promise<void>;
  /** Resolves at the end of input or after `stop`, with everything drained; rejects with the first failure. */
  run(): Promise<void>;
  /** Reads no more. `run` resolves when what was read is drained. */
  stop(): void;
  /** Stands still with everything read acknowledged by the sinks. Resolves when that is so, or the input has ended. */
  pause(): Promise<void>;
  resume(): void;
  /** Not while it runs. */
  snapshot(): Snapshot | Promise<Snapshot>;
  /** The positions of a snapshot are durable. Never rejects: committed positions only show progress to others. */
  commit(positions: readonly Position[]): Promise<void>;
  /** By source. */
  progress(): readonly SourceProgress[];
  /** Ends without draining. */
  abort(): void;
  /** Lets go of everything; waits for a dead server only so long. */
  close(): Promise<void>;
}
