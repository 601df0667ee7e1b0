// A worker process as a TaskManager drives it: frames over its standard input and output.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DOUBLE, STRING } from '../../../src/types/logical-type.ts';
import type { Row } from '../../../src/types/row.ts';
import type { CellType } from '../../../src/worker/cell-types.ts';
import { ASCII_FLAG, FrameReader, FrameType, frame, MORE_FLAG } from '../../../src/worker/frames.ts';
import { decodeAnswers, type Encoded, encodeKeys, encodeRows } from '../../support/worker-frames.ts';

const MAIN = join(import.meta.dirname, '..', '..', '..', 'src', 'worker', 'main.ts');

export interface Reply {
  readonly type: number;
  readonly body: Buffer;
  /** Bodies of the frames before this one, where the answer came in parts. */
  readonly earlier: readonly Buffer[];
}

/** The worker's ERROR. */
export class WorkerError extends Error {
  readonly code: number;
  readonly retryable: boolean;
  constructor(body: Buffer) {
    super(body.toString('utf8', 3));
    this.code = body.readUInt16LE(0);
    this.retryable = body[2] === 1;
  }
}

export interface TableSpec {
  readonly role: 'sink' | 'lookup';
  readonly columns: readonly (readonly [name: string, type: CellType])[];
  readonly primaryKey: readonly number[];
  readonly options: Readonly<Record<string, string>>;
  readonly keys?: readonly number[];
  readonly targetColumns?: readonly number[] | null;
  readonly version?: number;
}

export class WorkerProcess {
  readonly process: ChildProcess;
  readonly hello: Promise<Reply>;
  /** What it wrote to its log. */
  log = '';
  readonly #waiting = new Map<string, PromiseWithResolvers<Reply>>();
  readonly #parts = new Map<string, readonly Buffer[]>();
  /** Failures of a channel as a whole, by channel. */
  readonly channelErrors = new Map<number, WorkerError>();
  #channels = 0;
  #ids = 0;

  constructor() {
    this.process = spawn(process.execPath, [MAIN], { stdio: ['pipe', 'pipe', 'pipe'] });
    const hello = Promise.withResolvers<Reply>();
    this.hello = hello.promise;
    this.#waiting.set('0/0', hello);
    const reader = new FrameReader((type, channel, id, body, flags) =>
      this.#onFrame(type, channel, id, Buffer.from(body), (flags & MORE_FLAG) !== 0),
    );
    this.process.stdout!.on('data', (chunk: Buffer) => reader.push(chunk));
    this.process.stderr!.on('data', (chunk: Buffer) => {
      this.log += chunk.toString();
    });
  }

  #onFrame(type: number, channel: number, id: number, body: Buffer, more: boolean): void {
    const key = `${channel}/${id}`;
    const earlier = this.#parts.get(key) ?? [];
    if (more) {
      this.#parts.set(key, [...earlier, body]);
      return;
    }
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      this.#waiting.delete(key);
      this.#parts.delete(key);
      if (type === FrameType.ERROR) waiting.reject(new WorkerError(body));
      else waiting.resolve({ type, body, earlier });
      return;
    }
    const error = new WorkerError(body);
    this.channelErrors.set(channel, error);
    for (const [key, call] of this.#waiting) {
      if (!key.startsWith(`${channel}/`)) continue;
      this.#waiting.delete(key);
      call.reject(error);
    }
  }

  call(type: number, channel: number, body: Buffer = Buffer.alloc(0), flags = 0): Promise<Reply> {
    const id = ++this.#ids;
    const reply = Promise.withResolvers<Reply>();
    this.#waiting.set(`${channel}/${id}`, reply);
    const bytes = frame(type, channel, id, body);
    bytes[5] = flags;
    this.process.stdin!.write(bytes);
    return reply.promise;
  }

  async open(spec: TableSpec): Promise<Channel> {
    const channel = ++this.#channels;
    const json = Buffer.from(
      JSON.stringify({
        role: spec.role,
        table: ['default_catalog', 'default_database', 't'],
        columns: spec.columns.map(([name, type]) => ({ name, type: type === 'DOUBLE' ? DOUBLE : STRING })),
        primaryKey: spec.primaryKey,
        options: { connector: 'redis', ...spec.options },
        keys: spec.keys ?? [],
        targetColumns: spec.targetColumns ?? null,
        timeZone: 'UTC',
      }),
    );
    const version = Buffer.alloc(4);
    version.writeUInt32LE(spec.version ?? 1);
    const reply = await this.call(FrameType.OPEN, channel, Buffer.concat([version, json]));
    if (reply.type !== FrameType.OPENED) throw new Error(`type ${reply.type}`);
    return new Channel(this, channel, spec);
  }

  send(bytes: Buffer): void {
    this.process.stdin!.write(bytes);
  }

  /** Closes its input. Answers its exit status. */
  async end(): Promise<number | null> {
    this.process.stdin!.end();
    return this.exited();
  }

  async exited(): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, 'exit');
    return this.process.exitCode;
  }
}

export class Channel {
  readonly worker: WorkerProcess;
  readonly number: number;
  readonly #types: readonly CellType[];
  readonly #keys: readonly number[];

  constructor(worker: WorkerProcess, number: number, spec: TableSpec) {
    this.worker = worker;
    this.number = number;
    this.#types = spec.columns.map(([, type]) => type);
    this.#keys = spec.keys ?? [];
  }

  async write(rows: readonly Row[], kinds: readonly number[] = []): Promise<void> {
    const reply = await this.#call(FrameType.WRITE, encodeRows(this.#types, rows, kinds));
    if (reply.type !== FrameType.ACK) throw new Error(`type ${reply.type}`);
  }

  async lookup(keys: readonly Row[]): Promise<Row[][]> {
    return (await this.lookupInParts(keys)).flat();
  }

  /** The rows of each key, a list a frame. */
  async lookupInParts(keys: readonly Row[]): Promise<Row[][][]> {
    const types = this.#keys.map((column) => this.#types[column]!);
    const { body, earlier } = await this.#call(FrameType.LOOKUP, encodeKeys(types, keys));
    let answered = 0;
    return [...earlier, body].map((part) => {
      const asked = { keys: keys.slice(answered), columns: this.#keys };
      const rows = decodeAnswers(this.#types, part, asked);
      answered += rows.length;
      return rows;
    });
  }

  #call(type: number, { body, ascii }: Encoded): Promise<Reply> {
    return this.worker.call(type, this.number, body, ascii ? ASCII_FLAG : 0);
  }

  close(): void {
    this.worker.send(frame(FrameType.CLOSE, this.number, 0));
  }
}
