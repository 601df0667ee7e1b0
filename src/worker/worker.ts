// The worker of one TaskManager: frames in, frames out, a channel for each operator subtask.
import { type Channel, createChannel, describeTable } from './channels.ts';
import { errorBody } from './error-message.ts';
import { FrameMemory } from './frame-memory.ts';
import { FrameReader, FrameType, frame, MAX_VERSION, MIN_VERSION } from './frames.ts';
import { type OpenMessage, readOpenMessage } from './open-message.ts';
import type { Output } from './output.ts';
import { stderrLogger } from './worker-context.ts';

/** Channels of one worker; a TaskManager has far fewer slots. */
const MAX_CHANNELS = 10_000;

interface Entry {
  readonly channel: Channel;
  readonly secrets: readonly string[];
}

export class Worker {
  readonly #output: Output;
  readonly #memory = new FrameMemory();
  readonly #reader: FrameReader;
  readonly #channels = new Map<number, Entry>();
  readonly #closing = new Set<Promise<void>>();

  constructor(output: Output) {
    this.#output = output;
    this.#reader = new FrameReader(
      (type, channel, id, body, flags) => this.#onFrame(type, channel, id, body, flags),
      this.#memory,
    );
  }

  /** The first frame: who this is. @param core the release of Drey */
  hello(core: string): void {
    const json = Buffer.from(JSON.stringify({ node: process.versions.node, core }));
    const body = Buffer.alloc(8 + json.length);
    body.writeUInt16LE(MIN_VERSION, 0);
    body.writeUInt16LE(MAX_VERSION, 2);
    body.writeUInt32LE(process.pid, 4);
    json.copy(body, 8);
    this.#output.send(frame(FrameType.HELLO, 0, 0, body));
  }

  /** @throws Error when the input is no frames */
  push(chunk: Buffer): void {
    this.#reader.push(chunk);
  }

  /** Ends every channel; nothing is flushed, as whatever the JVM waits for it has been told. */
  async close(): Promise<void> {
    for (const number of [...this.#channels.keys()]) this.#close(number);
    await Promise.all(this.#closing);
  }

  #onFrame(type: number, number: number, id: number, body: Buffer, flags: number): void {
    switch (type) {
      case FrameType.PING:
        this.#output.send(frame(FrameType.PONG, 0, id, this.#metrics()));
        return;
      case FrameType.OPEN:
        void this.#open(number, id, body);
        return;
      case FrameType.DESCRIBE:
        this.#describe(number, id, body);
        return;
      case FrameType.CLOSE:
        this.#close(number);
        return;
      default:
        this.#dispatch(type, number, id, body, flags);
    }
  }

  /** JSON: what each channel counts. */
  #metrics(): Buffer {
    const all = [...this.#channels].map(([number, { channel }]) => [number, channel.metrics.read()]);
    return Buffer.from(JSON.stringify(Object.fromEntries(all)));
  }

  #dispatch(type: number, number: number, id: number, body: Buffer, flags: number): void {
    const entry = this.#channels.get(number);
    if (entry === undefined) {
      this.#fail(number, id, new Error(`Channel ${number} is not open.`), []);
      return;
    }
    try {
      entry.channel.onFrame(type, id, body, flags);
    } catch (error) {
      this.#fail(number, 0, error, entry.secrets);
    }
  }

  async #open(number: number, id: number, body: Buffer): Promise<void> {
    let message: OpenMessage | null = null;
    try {
      if (number === 0 || this.#channels.has(number) || this.#channels.size >= MAX_CHANNELS) {
        throw new Error(`Channel ${number} cannot be opened.`);
      }
      message = readOpenMessage(body);
      const channel = createChannel(number, message, this.#output, this.#memory);
      this.#channels.set(number, { channel, secrets: message.secrets });
      await channel.open();
      if (this.#channels.get(number)?.channel === channel)
        this.#output.send(frame(FrameType.OPENED, number, id));
    } catch (error) {
      this.#fail(number, id, error, message?.secrets ?? []);
    }
  }

  #describe(number: number, id: number, body: Buffer): void {
    let secrets: readonly string[] = [];
    try {
      const message = readOpenMessage(body);
      secrets = message.secrets;
      const json = Buffer.from(JSON.stringify(describeTable(message)));
      this.#output.send(frame(FrameType.DESCRIBED, number, id, json));
    } catch (error) {
      this.#fail(number, id, error, secrets);
    }
  }

  #close(number: number): void {
    const entry = this.#channels.get(number);
    if (entry === undefined) return;
    this.#channels.delete(number);
    const closed = entry.channel
      .close()
      .catch((reason: unknown) => {
        stderrLogger(entry.secrets).warn(`Closing channel ${number} failed: ${String(reason)}`);
      })
      .finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }

  #fail(number: number, id: number, error: unknown, secrets: readonly string[]): void {
    this.#output.send(frame(FrameType.ERROR, number, id, errorBody(error, secrets)));
  }
}
