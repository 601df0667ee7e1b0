// LookupJoin: asks the dimension table for a batch's keys at once and joins what comes back. Several batches may be in
// flight, up to `capacity` rows; results leave in input order, or as they come for ALLOW_UNORDERED. Where a hint says so, keys
// without rows are asked for again; with ALLOW_UNORDERED nobody waits for them.
import type { LookupAttempt, LookupFunction } from '../../connector/lookup.ts';
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import { compileExpression } from '../../plan/compile/expression.ts';
import type { LookupJoinNode } from '../../plan/nodes.ts';
import type { Compiled, EvalContext } from '../../plan/rex.ts';
import { TableError } from '../../types/errors.ts';
import { type Row, type RowBatch, RowKind } from '../../types/row.ts';
import { emit, type Operator, type Output } from '../operator.ts';
import { type Asked, LookupJoiner, type Matches } from './lookup-joiner.ts';
import { type Answered, missesOf, splitOff } from './lookup-misses.ts';

/** Rows in flight where the table itself is not `async`: enough to keep the next request on its way. */
const SYNC_CAPACITY = 4096;

const NO_ROWS: readonly Row[] = [];

interface InFlight extends Answered {
  matches: Matches | null;
  /** How often its misses may still be asked for again. */
  retries: number;
  /** When it fails, on the monotonic clock. */
  readonly deadline: number;
}

export class LookupJoinOperator implements Operator {
  readonly #node: LookupJoinNode;
  readonly #lookup: LookupFunction;
  readonly #context: RuntimeContext;
  readonly #output: Output;
  readonly #keys: readonly Compiled[];
  readonly #join: LookupJoiner;
  readonly #capacity: number;
  readonly #ordered: boolean;
  readonly #retries: number;
  /** The first question for a key; undefined: the only one. */
  readonly #first: LookupAttempt | undefined;
  readonly #queue: InFlight[] = [];
  #rowsInFlight = 0;
  /** Results being handed on; one after the other. */
  #emitting: Promise<void> = Promise.resolve();
  #wake: (() => void) | null = null;
  #error: Error | null = null;
  /** Ends pauses between attempts. */
  readonly #abort = new AbortController();

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
    this.#join = new LookupJoiner(node, columns, evalContext);
    this.#capacity = node.async?.capacity ?? SYNC_CAPACITY;
    this.#ordered = node.async?.outputMode !== 'ALLOW_UNORDERED';
    this.#retries = node.retry?.maxAttempts ?? 0;
    this.#first = this.#retries === 0 ? undefined : { again: false, last: false };
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
    const found = keys.length === 0 ? [] : this.#lookup.lookup(keys, this.#first);
    const isAnswered = !(found instanceof Promise) && (this.#retries === 0 || missesOf(found).length === 0);
    if (isAnswered && this.#queue.length === 0) {
      return emit(this.#join.batch(batch, asked, found), this.#output);
    }
    const timeoutMs = this.#node.async?.timeoutMs ?? 0;
    // As in Flink, 0 is no limit.
    const deadline = timeoutMs === 0 ? Number.POSITIVE_INFINITY : this.#context.clock.monotonic() + timeoutMs;
    return this.#enqueue({ batch, asked, keys, matches: null, retries: this.#retries, deadline }, found);
  }

  /** Keys without NULLs; a row with a NULL key is not asked for. */
  #collectKeys(rows: readonly Row[]): { keys: Row[]; asked: Asked } {
    const keys: Row[] = [];
    let asked: Asked = null;
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

  #enqueue(entry: InFlight, found: Matches | Promise<Matches>): void | Promise<void> {
    this.#queue.push(entry);
    this.#rowsInFlight += entry.batch.rows.length;
    this.#await(entry, found);
    if (this.#rowsInFlight + 1 > this.#capacity) return this.#roomAgain();
  }

  #await(entry: InFlight, found: Matches | Promise<Matches>): void {
    const answer = found instanceof Promise ? withDeadline(found, entry.deadline, this.#context) : found;
    Promise.resolve(answer).then(
      (matches) => this.#answered(entry, matches),
      (error: unknown) => this.#failed(error),
    );
  }

  #answered(entry: InFlight, matches: Matches): void {
    const missed = entry.retries === 0 ? [] : missesOf(matches);
    if (missed.length === 0) {
      entry.matches = matches;
      this.#handOn();
    } else if (this.#ordered) {
      this.#await(entry, this.#askAgain(entry, matches, missed));
    } else {
      const { early, late } = splitOff(entry, matches, missed);
      const waiting: InFlight = { ...late, matches: null, retries: entry.retries, deadline: entry.deadline };
      this.#queue.splice(this.#queue.indexOf(entry), 1, { ...entry, ...early }, waiting);
      const none = late.keys.map(() => NO_ROWS);
      const positions = late.keys.map((_, i) => i);
      this.#await(waiting, this.#askAgain(waiting, none, positions));
      this.#handOn();
    }
  }

  async #askAgain(entry: InFlight, matches: Matches, missed: readonly number[]): Promise<Matches> {
    entry.retries--;
    await this.#context.clock.sleep(this.#node.retry!.fixedDelayMs, this.#abort.signal);
    const keys = missed.map((i) => entry.keys[i]!);
    const found = await this.#lookup.lookup(keys, { again: true, last: entry.retries === 0 });
    const all = [...matches];
    for (const [n, i] of missed.entries()) all[i] = found[n]!;
    return all;
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
    this.#abort.abort(this.#error);
    this.#signal();
    await this.#lookup.close();
  }
}

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

async function withDeadline<T>(promise: Promise<T>, deadline: number, context: RuntimeContext): Promise<T> {
  if (deadline === Number.POSITIVE_INFINITY) return promise;
  const late = Promise.withResolvers<never>();
  const timer = context.clock.schedule(Math.max(0, deadline - context.clock.monotonic()), () =>
    late.reject(new TableError('Async function call has timed out.')),
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    timer.cancel();
  }
}
