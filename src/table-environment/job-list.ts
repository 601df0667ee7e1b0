// The jobs that a session started.
import type { JobHandle, JobStatus } from '../runtime/job.ts';
import { ValidationError } from '../types/errors.ts';

export interface ListedJob {
  readonly handle: JobHandle;
  /** Milliseconds since the epoch. */
  readonly startTime: number;
}

const KEPT = 1000;
const ENDED: readonly JobStatus[] = ['FINISHED', 'CANCELED', 'FAILED'];

export class JobList {
  readonly #jobs = new Map<string, ListedJob>();

  add(handle: JobHandle, startTime: number): void {
    this.#jobs.set(handle.id, { handle, startTime });
    if (this.#jobs.size <= KEPT) return;
    for (const [id, { handle: job }] of this.#jobs) {
      if (this.#jobs.size <= KEPT) return;
      if (ENDED.includes(job.status())) this.#jobs.delete(id);
    }
  }

  all(): ListedJob[] {
    return [...this.#jobs.values()];
  }

  get(id: string): ListedJob {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new ValidationError(`Job ${id} does not exist in this session.`);
    return job;
  }
}
