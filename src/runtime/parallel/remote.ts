// Calls from one thread into another, over a port that both ends speak this way.
import type { Transferable } from 'node:worker_threads';
import { type PackedError, packError, unpackError } from './error-transfer.ts';

/** A Worker, or a MessagePort. */
export interface CallPort {
  postMessage(value: unknown, handOver?: readonly Transferable[]): void;
  on(event: 'message', listener: (message: CallMessage) => void): unknown;
}

/** What a side lets the other one call: functions of one argument, which a structured clone can copy, as it can the result. */
export type Callable<T> = { readonly [K in keyof T]: (argument: never) => unknown };

type Argument<F> = F extends (argument: infer A) => unknown ? A : never;
type Result<F> = F extends (argument: never) => infer R ? Awaited<R> : never;

type CallMessage =
  | { readonly kind: 'call'; readonly id: number | null; readonly name: string; readonly argument: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly error: PackedError };

/** The other side of a port. */
export class Remote<Theirs extends Callable<Theirs>, Mine extends Callable<Mine>> {
  readonly #port: CallPort;
  readonly #mine: Mine;
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  #nextId = 0;
  #gone: Error | null = null;

  /** @param mine what the other side may call */
  constructor(port: CallPort, mine: Mine) {
    this.#port = port;
    this.#mine = mine;
    port.on('message', (message) => this.#take(message));
  }

  /** Calls, and waits for the answer. */
  ask<K extends keyof Theirs & string>(name: K, argument: Argument<Theirs[K]>): Promise<Result<Theirs[K]>> {
    if (this.#gone !== null) return Promise.reject(this.#gone);
    const id = this.#nextId++;
    const answer = Promise.withResolvers<unknown>();
    this.#asked.set(id, answer);
    this.#post({ kind: 'call', id, name, argument });
    return answer.promise as Promise<Result<Theirs[K]>>;
  }

  /** Calls; nobody hears how it went. */
  tell<K extends keyof Theirs & string>(name: K, argument: Argument<Theirs[K]>): void {
    if (this.#gone === null) this.#post({ kind: 'call', id: null, name, argument });
  }

  /** The other side has ended: whoever waits for an answer gets this error. */
  gone(error: Error): void {
    this.#gone ??= error;
    for (const answer of this.#asked.values()) answer.reject(error);
    this.#asked.clear();
  }

  #take(message: CallMessage): void {
    if (message.kind === 'call') {
      void this.#call(message.id, message.name, message.argument);
      return;
    }
    const answer = this.#asked.get(message.id);
    this.#asked.delete(message.id);
    if (message.kind === 'answer') answer?.resolve(message.value);
    else answer?.reject(unpackError(message.error));
  }

  async #call(id: number | null, name: string, argument: unknown): Promise<void> {
    try {
      const value = await this.#mine[name as keyof Mine](argument as never);
      if (id !== null) this.#post({ kind: 'answer', id, value });
    } catch (error) {
      // What nobody waits for is a defect when it fails, and ends the thread.
      if (id === null) throw error;
      this.#post({ kind: 'refusal', id, error: packError(error) });
    }
  }

  #post(message: CallMessage): void {
    this.#port.postMessage(message);
  }
}
