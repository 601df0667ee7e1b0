// LookupJoin: asks the dimension table for a batch's keys at once and joins what comes back. Several batches may be in
// flight, up to `capacity` rows; results leave in input order, or as they come for ALLOW_UNORDERED.
import type { LookupFunction } from '../../connector/lookup.ts';
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import { compileExpression, compilePredicate } from '../../plan/compile/expression.ts';
import type { LookupJoinNode } from '../../plan/nodes.ts';
import type { Compiled, EvalContext } from '../../plan/rex.ts';
import { TableError } from '../../types/errors.ts';
import { type Row, type RowBatch, RowKind } from '../../types/row.ts';
import { emit, type Operator, type Output } from '../operator.ts';

type Matches = readonly (readonly Row[])[];

/** Rows in flight where the table itself is not `async`: enough to keep the next request on its way. */
const SYNC_CAPACITY = 4096;

interface InFlight {
  readonly batch: RowBatch;
  /** Which rows of the batch were asked for, in the order of the keys; null: all. */
  readonly asked: Int32Array | null;
  matches: Matches | null;
}

export class LookupJoinOperator implements Operator {
  readonly #node: LookupJoinNode;
  readonly #lookup: LookupFunction;
  readonly #context: RuntimeContext;
  readonly #output: Output;
  readonly #keys: readonly Compiled[];
  readonly #join: Joiner;
  readonly #capacity: number;
  readonly #ordered: boolean;
  readonly #queue: InFlight[] = [];
  #rowsInFlight = 0;
  /** Results being handed on; one after the other. */
  #emitting: Promise<void> = Promise.resolve();
  #wake: (() => void) | null = null;
  #error: Error | null = null;

  /** @param columns of the joined row that are handed on; null: all */
  constructor(
    node: LookupJoinNode,
    context: RuntimeContext,
    evalContext: EvalContext,
    output: Output,
    columns: readonly number[] | null = null,
  ) {
    this.#node = node;
    this.#context = context;
    this.#output = output;
    this.#lookup = node.source.createLookup(
      node.keys.map((k) => k.column),
      context,
    );
    this.#keys = node.keys.map((k) => compileExpression(k.value, evalContext));
    this.#join = new Joiner(node, columns, evalContext);
    this.#capacity = node.async?.capacity ?? SYNC_CAPACITY;
    this.#ordered = node.async?.outputMode !== 'ALLOW_UNORDERED';
  }

  open(): Promise<void> {
    return this.#lookup.open();
  }

  process(batch: RowBatch): void | Promise<void> {
    if (batch.rows.length <= this.#capacity) return this.#processSome(batch);
    return this.#processPieces(batch);
  }

  async #processPieces(batch: RowBatch): Promise<void> {
    for (const piece of slices(batch, this.#capacity)) await this.#processSome(piece);
  }

  #processSome(batch: RowBatch): void | Promise<void> {
    if (this.#error !== null) throw this.#error;
    const { keys, asked } = this.#collectKeys(batch.rows);
    const found = keys.length === 0 ? [] : this.#ask(keys);
    if (!(found instanceof Promise) && this.#queue.length === 0) {
      return emit(this.#join.batch(batch, asked, found), this.#output);
    }
    return this.#enqueue({ batch, asked, matches: null }, found);
  }

  /** Keys without NULLs; a row with a NULL key is not asked for. */
  #collectKeys(rows: readonly Row[]): { keys: Row[]; asked: Int32Array | null } {
    const keys: Row[] = [];
    let asked: Int32Array | null = null;
    for (let i = 0; i < rows.length; i++) {
      const key = this.#keyOf(rows[i]!);
      if (key === null) {
        if (asked === null) {
          asked = new Int32Array(rows.length);
          for (let j = 0; j < i; j++) asked[j] = j;
        }
        continue;
      }
      if (asked !== null) asked[keys.length] = i;
      keys.push(key);
    }
    return { keys, asked: asked === null ? null : asked.subarray(0, keys.length) };
  }

  /** Null where one of its columns is. */
  #keyOf(row: Row): Row | null {
    const columns = this.#keys;
    const first = columns[0]!(row);
    if (first === null) return null;
    const key = [first];
    for (let i = 1; i < columns.length; i++) {
      const value = columns[i]!(row);
      if (value === null) return null;
      key.push(value);
    }
    return key;
  }

  #ask(keys: readonly Row[]): Matches | Promise<Matches> {
    const found = this.#askWithRetry(keys);
    const timeoutMs = this.#node.async?.timeoutMs;
    if (!(found instanceof Promise) || timeoutMs === undefined) return found;
    return withTimeout(found, timeoutMs, this.#context);
  }

  #askWithRetry(keys: readonly Row[]): Matches | Promise<Matches> {
    const found = this.#lookup.lookup(keys);
    const retry = this.#node.retry;
    if (retry === null) return found;
    return this.#retryMisses(keys, found, retry.fixedDelayMs, retry.maxAttempts);
  }

  async #retryMisses(
    keys: readonly Row[],
    first: Matches | Promise<Matches>,
    delayMs: number,
    attempts: number,
  ): Promise<Matches> {
    const found = [...(await first)];
    for (let attempt = 0; attempt < attempts; attempt++) {
      const missed = found.flatMap((rows, i) => (rows.length === 0 ? [i] : []));
      if (missed.length === 0) break;
      await this.#context.clock.sleep(delayMs);
      const again = await this.#lookup.lookup(missed.map((i) => keys[i]!));
      for (const [n, i] of missed.entries()) found[i] = again[n]!;
    }
    return found;
  }

  #enqueue(entry: InFlight, found: Matches | Promise<Matches>): void | Promise<void> {
    this.#queue.push(entry);
    this.#rowsInFlight += entry.batch.rows.length;
    Promise.resolve(found).then(
      (matches) => {
        entry.matches = matches;
        this.#handOn();
      },
      (error: unknown) => this.#failed(error),
    );
    if (this.#rowsInFlight + 1 > this.#capacity) return this.#roomAgain();
  }

  async #roomAgain(): Promise<void> {
    while (this.#rowsInFlight >= this.#capacity && this.#error === null) await this.#changed();
    if (this.#error !== null) throw this.#error;
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #signal(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }

  #handOn(): void {
    for (let i = 0; i < this.#queue.length; ) {
      const entry = this.#queue[i]!;
      if (entry.matches === null) {
        if (this.#ordered) return;
        i++;
        continue;
      }
      this.#queue.splice(i, 1);
      this.#emitLater(entry);
    }
  }

  #emitLater(entry: InFlight): void {
    this.#emitting = this.#emitting.then(async () => {
      if (this.#error !== null) return;
      try {
        await emit(this.#join.batch(entry.batch, entry.asked, entry.matches!), this.#output);
        this.#rowsInFlight -= entry.batch.rows.length;
        this.#signal();
      } catch (error) {
        this.#failed(error);
      }
    });
  }

  #failed(reason: unknown): void {
    if (this.#error !== null) return;
    this.#error = reason instanceof Error ? reason : new TableError(String(reason));
    this.#context.fail(this.#error);
    this.#signal();
  }

  async drain(): Promise<void> {
    while (this.#rowsInFlight > 0 && this.#error === null) await this.#changed();
    if (this.#error !== null) throw this.#error;
  }

  async close(): Promise<void> {
    this.#error ??= new TableError('The lookup join is closed.');
    this.#signal();
    await this.#lookup.close();
  }
}

/** Puts rows together and applies what is left of the join condition. */
class Joiner {
  readonly #condition: ((row: Row) => boolean) | null;
  readonly #padding: Row | null;
  readonly #leftWidth: number;
  readonly #columns: Int32Array;

  constructor(node: LookupJoinNode, columns: readonly number[] | null, context: EvalContext) {
    this.#condition = node.condition === null ? null : compilePredicate(node.condition, context);
    this.#padding = node.joinType === 'LEFT' ? node.dimension.fields.map(() => null) : null;
    this.#leftWidth = node.input.schema.fields.length;
    const width = this.#leftWidth + node.dimension.fields.length;
    this.#columns = Int32Array.from(columns ?? Array.from({ length: width }, (_, i) => i));
  }

  batch(batch: RowBatch, asked: Int32Array | null, matches: Matches): RowBatch {
    const rows: Row[] = [];
    const from: number[] | null = batch.kinds === null ? null : [];
    let next = 0;
    for (let i = 0; i < batch.rows.length; i++) {
      const wasAsked = asked === null || (next < asked.length && asked[next] === i);
      const found = wasAsked ? matches[next++]! : NO_ROWS;
      this.#row(batch.rows[i]!, found, rows);
      if (from !== null) while (from.length < rows.length) from.push(batch.kinds![i]!);
    }
    return { rows, kinds: from === null ? null : Uint8Array.from(from) };
  }

  #row(left: Row, found: readonly Row[], out: Row[]): void {
    let matched = false;
    for (let i = 0; i < found.length; i++) {
      const right = found[i]!;
      if (this.#condition !== null && !this.#condition([...left, ...right])) continue;
      matched = true;
      out.push(this.#put(left, right));
    }
    if (!matched && this.#padding !== null) out.push(this.#put(left, this.#padding));
  }

  /** The columns that are handed on. */
  #put(left: Row, right: Row): Row {
    const columns = this.#columns;
    const leftWidth = this.#leftWidth;
    const row = new Array<unknown>(columns.length);
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      row[i] = column < leftWidth ? left[column] : right[column - leftWidth];
    }
    return row;
  }
}

const NO_ROWS: readonly Row[] = [];

function* slices(batch: RowBatch, size: number): Iterable<RowBatch> {
  for (let start = 0, end = 0; start < batch.rows.length; start = end) {
    end = start + size;
    // The two halves of an update stay together.
    while (batch.kinds !== null && batch.kinds[end - 1] === RowKind.UPDATE_BEFORE) end++;
    yield {
      rows: batch.rows.slice(start, end),
      kinds: batch.kinds === null ? null : batch.kinds.subarray(start, end),
    };
  }
}

async function withTimeout<T>(promise: Promise<T>, timeoutMs: number, context: RuntimeContext): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = context.clock.schedule(timeoutMs, () =>
    late.reject(new TableError('Async function call has timed out.')),
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    timer.cancel();
  }
}
