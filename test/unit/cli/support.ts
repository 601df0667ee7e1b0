import { Readable, Writable } from 'node:stream';
import type { JobHandle, JobStatus } from '../../../src/runtime/job.ts';

/** Collects what is written. */
export class Sink extends Writable {
  text = '';
  isTTY = false;
  columns = 80;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

export function streams(stdin = '') {
  return {
    stdin: Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
    stdout: new Sink(),
    stderr: new Sink(),
  };
}

/** A job that ends when the test says so. */
export class FakeJob implements JobHandle {
  readonly id = 'c'.repeat(32);
  readonly parallelism = 1;
  readonly name: string;
  stops = 0;
  #status: JobStatus = 'RUNNING';
  readonly #end = Promise.withResolvers<void>();

  constructor(name = 'insert-into_default_catalog.default_database.t') {
    this.name = name;
  }

  finish(): void {
    this.#status = 'FINISHED';
    this.#end.resolve();
  }
  fail(error: Error): void {
    this.#status = 'FAILED';
    this.#end.reject(error);
  }
  status(): JobStatus {
    return this.#status;
  }
  async stop(): Promise<void> {
    this.stops++;
    this.finish();
    await this.#end.promise.catch(() => undefined);
  }
  async cancel(): Promise<void> {
    await this.stop();
  }
  wait(): Promise<void> {
    return this.#end.promise;
  }
  metrics(): ReadonlyMap<string, number> {
    return new Map([['source.t.numRecordsIn', 5]]);
  }
  progress() {
    return { rowsIn: 5, rowsOut: 4, pending: null, fraction: null };
  }
}
