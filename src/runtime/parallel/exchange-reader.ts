// The end of an exchange that rows come out of: to the pipeline behind it, one more source.
import type { SourceReader } from '../../connector/source.ts';
import { WaitingPoll } from '../../connector/waiting-poll.ts';
import type { Row, RowBatch } from '../../types/row.ts';

/** A batch that has come, from this thread or another. */
export interface Delivery {
  readonly count: number;
  batch(): RowBatch;
  /** Its rows are processed: the sender may send as many again. */
  acknowledge(): void;
}

export class ExchangeReader implements SourceReader {
  /** Senders that have not ended. */
  #senders: number;
  readonly #waiting: Delivery[] = [];
  /** Given out, and under way in the operators behind. */
  #given: Delivery[] = [];
  readonly #polls = new WaitingPoll((max) => this.#take(max));

  constructor(senders: number) {
    this.#senders = senders;
  }

  deliver(delivery: Delivery): void {
    this.#waiting.push(delivery);
    this.#polls.lookAgain();
  }

  /** One sender has no more. */
  senderEnded(): void {
    this.#senders--;
    this.#polls.lookAgain();
  }

  async open(): Promise<void> {}

  /** Whoever asks again has processed what was given before. */
  poll(max: number): RowBatch | null | Promise<RowBatch | null> {
    const given = this.#given;
    this.#given = [];
    for (const delivery of given) delivery.acknowledge();
    return this.#polls.poll(max);
  }

  /** Rows at hand; null at the end; undefined when there is nothing yet. */
  #take(max: number): RowBatch | null | undefined {
    const first = this.#waiting.shift();
    if (first === undefined) return this.#senders <= 0 ? null : undefined;
    this.#given.push(first);
    let count = first.count;
    while (this.#waiting.length > 0 && count + this.#waiting[0]!.count <= max) {
      const next = this.#waiting.shift()!;
      this.#given.push(next);
      count += next.count;
    }
    return joined(
      this.#given.map((delivery) => delivery.batch()),
      count,
    );
  }

  wakeUp(): void {
    this.#polls.wakeUp();
  }

  position() {
    return {};
  }

  async commit(): Promise<void> {}

  progress() {
    return {};
  }

  async close(): Promise<void> {
    this.wakeUp();
  }
}

function joined(batches: readonly RowBatch[], count: number): RowBatch {
  if (batches.length === 1) return batches[0]!;
  const rows: Row[] = [];
  const kinds = batches.every((b) => b.kinds === null) ? null : new Uint8Array(count);
  for (const batch of batches) {
    if (kinds !== null && batch.kinds !== null)
      kinds.set(batch.kinds.subarray(0, batch.rows.length), rows.length);
    for (const row of batch.rows) rows.push(row);
  }
  return { rows, kinds };
}
