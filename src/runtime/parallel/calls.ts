// What the thread of a job and the threads of its subtasks ask of each other.
import type { MessagePort } from 'node:worker_threads';
import type { Position, SourceProgress } from '../../connector/source.ts';
import type { EncodedState } from '../checkpoint/checkpoint.ts';
import type { MetricReport } from '../metrics.ts';
import type { PackedError } from './error-transfer.ts';
import type { PackedBatch } from './row-transfer.ts';

/** What a subtask is started with. */
export interface SubtaskStart {
  readonly index: number;
  /** By subtask; null for this one. */
  readonly ports: readonly (MessagePort | null)[];
  readonly timeZone: string;
  /** Rows a poll asks for. */
  readonly batchSize: number;
}

/** Where a subtask goes on. */
export interface Restored {
  readonly fingerprint: string;
  readonly positions: readonly Position[];
  readonly state: readonly EncodedState[];
}

export interface SubtaskSnapshot {
  readonly fingerprint: string;
  /** By source. */
  readonly positions: readonly Position[];
  readonly state: EncodedState;
}

export interface SubtaskReport {
  readonly metrics: MetricReport;
  /** By source. */
  readonly progress: readonly SourceProgress[];
}

/** Asked of a subtask. */
export interface SubtaskCalls {
  open(restored: Restored | null): Promise<void>;
  /** Resolves when its input has ended, or it was stopped. */
  run(nothing: null): Promise<void>;
  /** Resolves when the loops of the stage stand still. */
  pause(stage: number): Promise<void>;
  resume(nothing: null): void;
  snapshot(nothing: null): SubtaskSnapshot;
  commit(positions: readonly Position[]): Promise<void>;
  /** Resolves when the loops of the stage have ended. */
  stop(stage: number): Promise<void>;
  close(nothing: null): Promise<SubtaskReport>;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Asked of the job's thread. */
export interface JobCalls {
  /** The stages of the subtask's topology, once it is there. */
  ready(stages: number): void;
  failed(error: PackedError): void;
  report(report: SubtaskReport): void;
  log(line: { readonly level: LogLevel; readonly message: string }): void;
  /** Resolves when the text is taken over. */
  print(text: { readonly to: 'stdout' | 'stderr'; readonly text: string }): Promise<void>;
  /** Resolves when the rows are taken over. */
  collect(batch: PackedBatch): Promise<void>;
}
