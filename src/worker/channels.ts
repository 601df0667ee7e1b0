// A channel is one operator subtask of a job: a writer or a lookup of the connector core, served by frames.
import type { LookupFunction, LookupTableSource } from '../connector/lookup.ts';
import type { SinkWriter } from '../connector/sink.ts';
import { redisFactory } from '../connectors/redis/factory.ts';
import type { Row } from '../types/row.ts';
import { AnswerPace } from './answer-pace.ts';
import type { CellType } from './cell-types.ts';
import { ChannelMetrics } from './channel-metrics.ts';
import { errorBody } from './error-message.ts';
import type { FrameMemory } from './frame-memory.ts';
import { ASCII_FLAG, FrameType, frame, MORE_FLAG } from './frames.ts';
import type { OpenMessage } from './open-message.ts';
import type { Output } from './output.ts';
import { decodeKeys, RowsReader } from './rows-reader.ts';
import { RowsWriter } from './rows-writer.ts';
import { workerContext } from './worker-context.ts';

export interface Channel {
  /** What the connector core counts for it. */
  readonly metrics: ChannelMetrics;
  /** Connects. */
  open(): Promise<void>;
  /** A frame of the JVM. Throws for one that does not belong here. */
  onFrame(type: number, id: number, body: Buffer, flags: number): void;
  close(): Promise<void>;
}

/**
 * @param output where its frames go
 * @param memory of the bodies that it gets
 * @throws ValidationError about options, columns or key
 */
export function createChannel(
  number: number,
  message: OpenMessage,
  output: Output,
  memory: FrameMemory,
): Channel {
  return message.role === 'sink'
    ? new SinkChannel(number, message, output, memory)
    : new LookupChannel(number, message, output);
}

/** What the planner learns of a table without a connection. */
export interface Description {
  readonly warnings: readonly string[];
  /** Attributes for EXPLAIN. */
  readonly explain: readonly string[];
  /** Lookup: the columns that a key consists of. */
  readonly keys: readonly number[];
}

/** @throws ValidationError as `createChannel` does */
export function describeTable(message: OpenMessage): Description {
  if (message.role === 'sink') {
    const { warnings, explain } = redisFactory.createSink!(message.context);
    return { warnings, explain, keys: [] };
  }
  const { source, keys } = resolveLookup(message);
  return { warnings: source.warnings, explain: source.explain, keys };
}

function resolveLookup(message: OpenMessage): { source: LookupTableSource; keys: readonly number[] } {
  const source = redisFactory.createSource!(message.context, 'lookup') as LookupTableSource;
  // No keys: a table that is only described, before the join is known.
  const keys = message.keys.length === 0 ? [] : source.resolveKeys(message.keys);
  return { source, keys };
}

/** STRING cells that stay bytes, where the core takes them. */
function encodedIf(encoded: boolean, type: CellType): CellType {
  return encoded && type === 'STRING' ? 'ENCODED' : type;
}

/** More WRITE frames than a JVM that keeps to its window can have unacknowledged. */
const MAX_QUEUED_FRAMES = 1024;

/** Frames are written in order; each is acknowledged when Redis has answered for all of its rows. */
class SinkChannel implements Channel {
  readonly metrics = new ChannelMetrics();
  readonly #number: number;
  readonly #message: OpenMessage;
  readonly #output: Output;
  readonly #memory: FrameMemory;
  readonly #writer: SinkWriter;
  readonly #rows: RowsReader;
  readonly #queue: { readonly id: number; readonly body: Buffer; readonly ascii: boolean }[] = [];
  /** Taken over by the writer, not yet acknowledged. */
  #written: number[] = [];
  #isWriting = false;
  #isFlushing = false;
  /** What ended this channel: nothing is written any more. */
  #error: unknown = null;

  constructor(number: number, message: OpenMessage, output: Output, memory: FrameMemory) {
    this.#number = number;
    this.#message = message;
    this.#output = output;
    this.#memory = memory;
    const sink = redisFactory.createSink!(message.context);
    const context = workerContext(message.context.timeZone, message.secrets, this.metrics, (e) =>
      this.#fail(e),
    );
    for (const warning of sink.warnings) context.logger.warn(warning);
    this.#writer = sink.createWriter(
      { targetColumns: message.targetColumns, metadata: message.metadata },
      context,
    );
    const encoded = this.#writer.encodedColumns ?? [];
    this.#rows = new RowsReader(message.types.map((type, i) => encodedIf(encoded.includes(i), type)));
  }

  open(): Promise<void> {
    return this.#writer.open();
  }

  onFrame(type: number, id: number, body: Buffer, flags: number): void {
    if (type !== FrameType.WRITE) throw new Error(`Frame of type ${type} for a sink.`);
    if (this.#error !== null) {
      this.#sendError(id, this.#error);
      return;
    }
    if (this.#queue.length >= MAX_QUEUED_FRAMES) throw new Error('More frames than the window allows.');
    this.#queue.push({ id, body, ascii: (flags & ASCII_FLAG) !== 0 });
    if (!this.#isWriting) void this.#writeQueued();
  }

  async #writeQueued(): Promise<void> {
    this.#isWriting = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const full = this.#writer.write(this.#rows.read(next.body, next.ascii));
        if (full !== undefined) await full;
        this.#memory.give(next.body);
        this.#written.push(next.id);
        if (!this.#isFlushing) void this.#flushWritten();
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isWriting = false;
    }
  }

  async #flushWritten(): Promise<void> {
    this.#isFlushing = true;
    try {
      while (this.#written.length > 0) {
        const ids = this.#written;
        this.#written = [];
        await this.#writer.flush(false);
        this.#output.send(Buffer.concat(ids.map((id) => frame(FrameType.ACK, this.#number, id))));
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isFlushing = false;
    }
  }

  #fail(error: unknown): void {
    if (this.#error !== null) return;
    this.#error = error;
    this.#queue.length = 0;
    this.#sendError(0, error);
  }

  #sendError(id: number, error: unknown): void {
    this.#output.send(frame(FrameType.ERROR, this.#number, id, errorBody(error, this.#message.secrets)));
  }

  close(): Promise<void> {
    this.#error ??= new Error('The channel is closed.');
    this.#queue.length = 0;
    return this.#writer.close();
  }
}

class LookupChannel implements Channel {
  readonly metrics = new ChannelMetrics();
  readonly #number: number;
  readonly #message: OpenMessage;
  readonly #output: Output;
  readonly #lookup: LookupFunction;
  readonly #rows: RowsWriter;
  readonly #keyTypes: readonly CellType[];
  readonly #pace = new AnswerPace();
  #isClosed = false;

  constructor(number: number, message: OpenMessage, output: Output) {
    this.#number = number;
    this.#message = message;
    this.#output = output;
    const { source, keys } = resolveLookup(message);
    this.#rows = new RowsWriter(message.types, keys);
    const context = workerContext(message.context.timeZone, message.secrets, this.metrics, (e) =>
      this.#fail(0, e),
    );
    for (const warning of source.warnings) context.logger.warn(warning);
    this.#lookup = source.createLookup(keys, context, true);
    const encoded = this.#lookup.encodedKeys === true;
    this.#keyTypes = keys.map((column) => encodedIf(encoded, message.types[column]!));
  }

  open(): Promise<void> {
    return this.#lookup.open();
  }

  onFrame(type: number, id: number, body: Buffer, flags: number): void {
    if (type !== FrameType.LOOKUP) throw new Error(`Frame of type ${type} for a lookup.`);
    void this.#answer(id, decodeKeys(body, this.#keyTypes, (flags & ASCII_FLAG) !== 0));
  }

  async #answer(id: number, keys: readonly Row[]): Promise<void> {
    try {
      let from = 0;
      do {
        const part = keys.slice(from, from + this.#pace.keys);
        from += part.length;
        const rows = await this.#lookup.lookup(part);
        if (this.#isClosed) return;
        const bytes = this.#rows.write(this.#number, id, part, rows, from < keys.length ? MORE_FLAG : 0);
        this.#pace.answered(part.length, bytes.length);
        this.#output.send(bytes);
        await this.#output.ready();
      } while (from < keys.length);
    } catch (error) {
      this.#fail(id, error);
    }
  }

  #fail(id: number, error: unknown): void {
    if (this.#isClosed) return;
    this.#output.send(frame(FrameType.ERROR, this.#number, id, errorBody(error, this.#message.secrets)));
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#lookup.close();
  }
}
