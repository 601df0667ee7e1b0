// The end of an exchange that rows go into: the last operator of the pipeline before it. Rows wait a moment for others that go
// the same way; how many are under way to a subtask is bounded.
import { BatchBuilder } from '../../connector/batch-builder.ts';
import { kindAt, type RowBatch } from '../../types/row.ts';
import type { Operator } from '../operator.ts';

/** The way to one subtask. */
export interface Route {
  send(batch: RowBatch): void;
  end(): void;
}

/** @param acknowledged is told how many more rows are processed there */
export type OpenRoute = (acknowledged: (rows: number) => void) => Route;

/** Names the route of each row of a batch, or one route for all. */
export type Router = (batch: RowBatch) => number | ((row: RowBatch['rows'][number]) => number);

/** Rows that are worth a message. */
const FULL = 500;

interface Lane {
  readonly route: Route;
  readonly waiting: BatchBuilder;
  /** Sent and not processed. */
  inFlight: number;
}

export class ExchangeSender implements Operator {
  readonly #lanes: readonly Lane[];
  readonly #router: Router;
  readonly #limit: number;
  #flushing: NodeJS.Immediate | null = null;
  #changed: (() => void) | null = null;
  #closed = false;

  /** @param limit rows that may be under way to one subtask */
  constructor(routes: readonly OpenRoute[], router: Router, limit: number) {
    this.#lanes = routes.map((open) => this.#lane(open));
    this.#router = router;
    this.#limit = limit;
  }

  #lane(open: OpenRoute): Lane {
    const route = open((rows) => {
      lane.inFlight -= rows;
      this.#changed?.();
    });
    const lane: Lane = { route, waiting: new BatchBuilder(), inFlight: 0 };
    return lane;
  }

  process(batch: RowBatch): void | Promise<void> {
    const routed = this.#router(batch);
    if (typeof routed === 'number') this.#put(this.#lanes[routed]!, batch);
    else this.#deal(batch, routed);
    for (const lane of this.#lanes) if (lane.waiting.length >= FULL) this.#send(lane);
    this.#flushSoon();
    if (this.#isFull()) return this.#room();
  }

  #deal(batch: RowBatch, routeOf: (row: RowBatch['rows'][number]) => number): void {
    const { rows, kinds } = batch;
    for (let i = 0; i < rows.length; i++) {
      const { waiting } = this.#lanes[routeOf(rows[i]!)]!;
      if (kinds === null) waiting.add(rows[i]!);
      else waiting.addKind(rows[i]!, kindAt(batch, i));
    }
  }

  /** A whole batch goes as it is, behind what waits. */
  #put(lane: Lane, batch: RowBatch): void {
    if (lane.waiting.length > 0) this.#send(lane);
    this.#post(lane, batch);
  }

  #send(lane: Lane): void {
    if (lane.waiting.length > 0) this.#post(lane, lane.waiting.take());
  }

  #post(lane: Lane, batch: RowBatch): void {
    lane.inFlight += batch.rows.length;
    lane.route.send(batch);
  }

  /** What does not fill a message leaves when this turn of the event loop ends: nothing waits while there is nothing to do. */
  #flushSoon(): void {
    if (this.#flushing !== null || this.#lanes.every((lane) => lane.waiting.length === 0)) return;
    this.#flushing = setImmediate(() => {
      this.#flushing = null;
      if (!this.#closed) this.#flush();
    });
  }

  #flush(): void {
    for (const lane of this.#lanes) this.#send(lane);
  }

  #isFull(): boolean {
    return this.#lanes.some((lane) => lane.inFlight > this.#limit);
  }

  async #room(): Promise<void> {
    while (this.#isFull() && !this.#closed) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = () => {
        this.#changed = null;
        resolve();
      };
    });
  }

  /** Resolves when everything sent is processed on the other side. */
  async drain(endOfInput: boolean): Promise<void> {
    this.#flush();
    while (this.#lanes.some((lane) => lane.inFlight > 0) && !this.#closed) await this.#change();
    if (endOfInput && !this.#closed) for (const { route } of this.#lanes) route.end();
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#flushing !== null) clearImmediate(this.#flushing);
    this.#changed?.();
  }
}
