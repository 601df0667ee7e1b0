// A database table as a model, random changes to it, and what Debezium and Canal write about them.
import fc from 'fast-check';

export interface TableRow {
  readonly id: string;
  readonly k: string;
  readonly f: string;
  readonly v: string;
  /** For scores. */
  readonly s: number;
  readonly n: number | null;
}

export type TableChange =
  | { readonly kind: 'insert'; readonly after: TableRow }
  | { readonly kind: 'update'; readonly before: TableRow; readonly after: TableRow }
  | { readonly kind: 'delete'; readonly before: TableRow };

/** What is tried: it comes about where the table's keys allow it. */
export interface Attempt extends TableRow {
  readonly action: 'put' | 'delete' | 'rename';
  readonly newId: string;
}

const ids = fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8');

const attempts: fc.Arbitrary<Attempt[]> = fc.array(
  fc.record({
    action: fc.constantFrom('put', 'put', 'put', 'delete', 'rename'),
    id: ids,
    newId: ids,
    k: fc.constantFrom('a', 'b', 'ключ'),
    f: fc.constantFrom('x', 'y', 'z ü'),
    v: fc.constantFrom('1', '2', '', 'wörd'),
    s: fc.constantFrom(0, 1, -2.5, 1e10),
    n: fc.option(fc.integer({ min: -9, max: 9 }), { freq: 5 }),
  }) as fc.Arbitrary<Attempt>,
  { minLength: 80, maxLength: 120 },
);

/**
 * Runs `check` on random streams of attempts; DREY_TEST_SEED repeats a run.
 * @param check may throw
 */
export async function withStreams(
  count: number,
  check: (tried: readonly Attempt[]) => Promise<void>,
): Promise<void> {
  const seed = Number(process.env['DREY_TEST_SEED'] ?? Date.now() % 2 ** 31);
  for (const [i, tried] of fc.sample(attempts, { seed, numRuns: count }).entries()) {
    try {
      await check(tried);
    } catch (cause) {
      throw new Error(`DREY_TEST_SEED=${seed}, stream ${i}: ${(cause as Error).message}`, { cause });
    }
  }
}

/** The table under changes; `unique`: what no two rows may share. */
export class SourceTable {
  readonly rows = new Map<string, TableRow>();
  readonly changes: TableChange[] = [];
  readonly #unique: (row: TableRow) => string;

  constructor(unique: (row: TableRow) => string) {
    this.#unique = unique;
  }

  tryAll(tried: readonly Attempt[]): this {
    for (const attempt of tried) this.try(attempt);
    return this;
  }

  try({ action, newId, ...row }: Attempt): void {
    const before = this.rows.get(row.id);
    if (action === 'delete') this.#delete(before);
    else if (action === 'put') this.#put(before, row);
    else if (before !== undefined && !this.rows.has(newId)) this.#put(before, { ...before, id: newId });
  }

  #delete(before: TableRow | undefined): void {
    if (before === undefined) return;
    this.rows.delete(before.id);
    this.changes.push({ kind: 'delete', before });
  }

  #put(before: TableRow | undefined, after: TableRow): void {
    const wanted = this.#unique(after);
    for (const row of this.rows.values()) if (row !== before && this.#unique(row) === wanted) return;
    if (before !== undefined) this.rows.delete(before.id);
    this.rows.set(after.id, after);
    this.changes.push(before === undefined ? { kind: 'insert', after } : { kind: 'update', before, after });
  }
}

/** Debezium writes a change of the primary key as a delete and an insert. */
export function debeziumMessages(changes: readonly TableChange[]): string[] {
  const event = (op: string, before: TableRow | null, after: TableRow | null) =>
    JSON.stringify({ before, after, source: { db: 'shop', table: 'orders' }, op, ts_ms: 1 });
  return changes.flatMap((change) => {
    if (change.kind === 'insert') return [event('c', null, change.after)];
    if (change.kind === 'delete') return [event('d', change.before, null)];
    const { before, after } = change;
    if (before.id === after.id) return [event('u', before, after)];
    return [event('d', before, null), event('c', null, after)];
  });
}

const TYPES = { insert: 'INSERT', update: 'UPDATE', delete: 'DELETE' } as const;

/** Canal puts changes of one kind that follow each other into one message, all values as texts, and names what was changed. */
export function canalMessages(changes: readonly TableChange[]): string[] {
  const messages: string[] = [
    JSON.stringify({ type: 'CREATE', isDdl: true, data: null, sql: 'CREATE TABLE' }),
  ];
  for (let i = 0; i < changes.length; ) {
    const { kind } = changes[i]!;
    let end = i + 1;
    while (end < changes.length && changes[end]!.kind === kind) end++;
    const run = changes.slice(i, end);
    const data = run.map((c) => texts(c.kind === 'delete' ? c.before : c.after));
    const old = run.flatMap((c) => (c.kind === 'update' ? [changed(texts(c.before), texts(c.after))] : []));
    messages.push(
      JSON.stringify({
        data,
        database: 'shop',
        isDdl: false,
        old: old.length === 0 ? null : old,
        pkNames: ['id'],
        table: 'orders',
        ts: 1,
        type: TYPES[kind],
      }),
    );
    i = end;
  }
  return messages;
}

type Texts = Record<string, string | null>;

function texts(row: TableRow): Texts {
  return Object.fromEntries(Object.entries(row).map(([k, v]) => [k, v === null ? null : String(v)]));
}

function changed(before: Texts, after: Texts): Texts {
  return Object.fromEntries(Object.entries(before).filter(([k, v]) => after[k] !== v));
}

/** The same changes, each of which has the same primary key before and after. */
export function withoutKeyChanges(changes: readonly TableChange[]): TableChange[] {
  return changes.flatMap((c): TableChange[] =>
    c.kind === 'update' && c.before.id !== c.after.id
      ? [
          { kind: 'delete', before: c.before },
          { kind: 'insert', after: c.after },
        ]
      : [c],
  );
}
