// What each Redis mode does to keys, as a model: what a sink has to leave behind after any stream of changes.
import fc from 'fast-check';
import type { RedisPort, Reply } from '../../src/connectors/redis/client/port.ts';
import { type Row, type RowBatch, RowKind } from '../../src/types/row.ts';
import { useForOthers, withEncodedTexts } from './encoded-texts.ts';
import { batches, batchOf, type Change } from './memory-tables.ts';
import { ask, openWriter, schema } from './redis-table.ts';

export const KEYS = ['a', 'b', 'Ключ €😀'];
const ELEMENTS = ['x', '', 'ü'];
const VALUES = ['1', '', 'näïve 😀', 'x'.repeat(60)];
const SCORES = [0, 1, -1.5, 0.1, 1e21, 5e-324, Infinity, -Infinity, -0];

/** What a key holds, in a form that can be compared. */
type Content = string | string[] | Record<string, string>;

export interface Variant {
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly primaryKey: readonly string[];
  readonly rows: fc.Arbitrary<Row>;
  /** The columns that say what a deletion removes. */
  readonly target: readonly number[];
  /** Writing an element again adds another one. */
  readonly appends?: boolean;
  write(model: Map<string, Content>, row: Row): void;
  /** Absent: the whole key. */
  removeElement?(content: Content, row: Row): Content | null;
  /** The command that reads a key, and its reply as content. */
  readonly read: (key: string) => string[];
  readonly content: (reply: Reply) => Content | null;
}

const key = fc.constantFrom(...KEYS);
const element = fc.constantFrom(...ELEMENTS);
const value = fc.constantFrom(...VALUES);
const sorted = (reply: Reply): string[] | null => nonEmpty([...(reply as string[])].sort());
const nonEmpty = <T extends readonly unknown[]>(list: T): T | null => (list.length === 0 ? null : list);
const pairs = (reply: Reply): Record<string, string> | null => {
  const flat = reply as string[];
  if (flat.length === 0) return null;
  return Object.fromEntries(flat.flatMap((f, i) => (i % 2 === 0 ? [[f, flat[i + 1]!]] : [])));
};
const without = (content: Content, field: string): Content | null => {
  const { [field]: _, ...rest } = content as Record<string, string>;
  return Object.keys(rest).length === 0 ? null : rest;
};

const STRING: Variant = {
  name: 'STRING',
  options: { mode: 'STRING' },
  columns: ['k', 'v'],
  primaryKey: ['k'],
  rows: fc.tuple(key, value),
  target: [0],
  write: (model, [k, v]) => model.set(k as string, v as string),
  read: (k) => ['GET', k],
  content: (reply) => reply as string | null,
};
const LIST: Variant = {
  ...STRING,
  name: 'LIST',
  options: { mode: 'LIST' },
  rows: fc.tuple(key, element),
  write: (model, [k, v]) =>
    model.set(k as string, [v as string, ...((model.get(k as string) as string[]) ?? [])]),
  read: (k) => ['LRANGE', k, '0', '-1'],
  content: (reply) => nonEmpty(reply as string[]),
};
const SET: Variant = {
  ...LIST,
  name: 'SET',
  options: { mode: 'SET' },
  write: (model, [k, v]) =>
    model.set(
      k as string,
      [...new Set([...((model.get(k as string) as string[]) ?? []), v as string])].sort(),
    ),
  read: (k) => ['SMEMBERS', k],
  content: sorted,
};
const HASHMAP: Variant = {
  name: 'HASHMAP',
  options: { mode: 'HASHMAP' },
  columns: ['k', 'f', 'v'],
  primaryKey: ['k'],
  rows: fc.tuple(key, element, value),
  target: [0],
  write: (model, [k, f, v]) =>
    model.set(k as string, { ...((model.get(k as string) as object) ?? {}), [f as string]: v as string }),
  read: (k) => ['HGETALL', k],
  content: pairs,
};
const FLAT: Variant = {
  ...HASHMAP,
  name: 'HASHMAP flattenHash',
  options: { mode: 'HASHMAP', flattenHash: 'true' },
  columns: ['k', 'f1', 'f2', 'f3'],
  rows: fc.tuple(key, fc.option(value), fc.option(value), fc.option(value)),
  write: (model, [k, ...values]) => {
    const fields = values.flatMap((v, i) => (v === null ? [] : [[`f${i + 1}`, v as string]]));
    if (fields.length === 0) model.delete(k as string);
    else model.set(k as string, Object.fromEntries(fields));
  },
};
const SORTEDSET: Variant = {
  ...HASHMAP,
  name: 'SORTEDSET',
  options: { mode: 'SORTEDSET' },
  columns: ['k', 'score', 'm'],
  rows: fc.tuple(key, fc.constantFrom(...SCORES), element),
  write: (model, [k, score, m]) =>
    model.set(k as string, {
      ...((model.get(k as string) as object) ?? {}),
      [m as string]: scoreText(score as number),
    }),
  read: (k) => ['ZRANGE', k, '0', '-1', 'WITHSCORES'],
  content: (reply) => {
    const scores = pairs(reply);
    if (scores === null) return null;
    return Object.fromEntries(Object.entries(scores).map(([m, s]) => [m, scoreText(readScore(s))]));
  },
};

// Redis prints inf, 1e+21, 4.94…e-324: read as a number, they are the same.
const readScore = (text: string) => (text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text));
const scoreText = String as (score: number) => string;

const COMPOSITE: readonly Variant[] = [
  {
    ...LIST,
    name: 'LIST, PRIMARY KEY (key, value)',
    appends: true,
    primaryKey: ['k', 'v'],
    target: [0, 1],
    removeElement(content, [, v]) {
      const list = [...(content as string[])];
      const at = list.indexOf(v as string);
      if (at >= 0) list.splice(at, 1);
      return nonEmpty(list);
    },
  },
  {
    ...SET,
    name: 'SET, PRIMARY KEY (key, value)',
    primaryKey: ['k', 'v'],
    target: [0, 1],
    removeElement: (content, [, v]) => nonEmpty((content as string[]).filter((m) => m !== v)),
  },
  {
    ...HASHMAP,
    name: 'HASHMAP, PRIMARY KEY (key, field)',
    primaryKey: ['k', 'f'],
    target: [0, 1],
    removeElement: (content, [, f]) => without(content, f as string),
  },
  {
    ...SORTEDSET,
    name: 'SORTEDSET, PRIMARY KEY (key, value)',
    primaryKey: ['k', 'm'],
    target: [0, 2],
    removeElement: (content, [, , m]) => without(content, m as string),
  },
];

/** What the keys hold after the changes; null for a key that is not there. */
export function applyToModel(variant: Variant, changes: readonly Change[], ignoreDelete: boolean) {
  const model = new Map<string, Content>();
  const remove = (row: Row) => {
    const content = model.get(row[0] as string);
    if (content === undefined) return;
    const rest = variant.removeElement?.(content, row) ?? null;
    if (rest === null) model.delete(row[0] as string);
    else model.set(row[0] as string, rest);
  };
  for (const [i, [kind, row]] of changes.entries()) {
    if (kind === RowKind.INSERT || kind === RowKind.UPDATE_AFTER) {
      variant.write(model, row);
      continue;
    }
    const next = changes[i + 1];
    const update =
      kind === RowKind.UPDATE_BEFORE &&
      next?.[0] === RowKind.UPDATE_AFTER &&
      variant.appends !== true &&
      variant.target.every((c) => next[1][c] === row[c]);
    if (!ignoreDelete && !update) remove(row);
  }
  return Object.fromEntries(KEYS.map((k) => [k, model.get(k) ?? null]));
}

/** Changes as they come from Flink's operators and worse: any kind at any time, half of the -U followed by a +U. */
function streams(rows: fc.Arbitrary<Row>): fc.Arbitrary<Change[]> {
  const alone = fc.tuple(fc.constantFrom(0, 0, 2, 3, 1), rows).map((c): Change[] => [c]);
  const update = fc.tuple(rows, rows).map(([b, a]): Change[] => [
    [RowKind.UPDATE_BEFORE, b],
    [RowKind.UPDATE_AFTER, a],
  ]);
  return fc.array(fc.oneof(alone, alone, update), { maxLength: 60 }).map((parts) => parts.flat());
}

/** Cuts changes into batches, even between a -U and its +U. */
function anywhere(changes: readonly Change[], size: number): RowBatch[] {
  return Array.from({ length: Math.ceil(changes.length / size) }, (_, i) =>
    batchOf(changes.slice(i * size, (i + 1) * size)),
  );
}

/** A stream of changes, and how it is written. */
export interface Scenario {
  readonly changes: readonly Change[];
  readonly maxRows: number;
  readonly batchSize: number;
  readonly ignoreDelete: boolean;
  /** Milliseconds; 0: none. */
  readonly expiration: number;
  readonly prefix: string;
  /** Batches between two flushes; 0: only at the end. */
  readonly flushEvery: number;
  /** Texts come as bytes where the writer takes them so. */
  readonly encoded: boolean;
}

export function scenarios(variant: Variant): fc.Arbitrary<Scenario> {
  return fc.record({
    changes: streams(variant.rows),
    maxRows: fc.constantFrom(0, 1, 200, 7),
    batchSize: fc.constantFrom(1, 2, 5, 1000),
    ignoreDelete: fc.boolean(),
    expiration: fc.constantFrom(0, 0, 3_600_000),
    prefix: fc.constantFrom('', 'p:'),
    flushEvery: fc.constantFrom(0, 3),
    encoded: fc.boolean(),
  });
}

export interface Outcome {
  readonly found: Readonly<Record<string, Content | null>>;
  /** PTTL of each key. */
  readonly ttls: Readonly<Record<string, number>>;
  /** Keys in the database. */
  readonly size: number;
}

/** Writes a scenario into an empty database, reads everything back and empties it again. */
export async function play(port: RedisPort, variant: Variant, s: Scenario): Promise<Outcome> {
  const writer = await openWriter(
    {
      ...variant.options,
      ignoreDelete: String(s.ignoreDelete),
      expiration: String(s.expiration),
      'sink.buffer-flush.max-rows': String(s.maxRows),
      ...(s.prefix === '' ? {} : { 'key-prefix': 'p', 'key-prefix-delimiter': ':' }),
    },
    schema(variant.columns, variant.primaryKey),
    port,
  );
  // Without flushes in between, a batch may end behind a -U: the writer waits for its +U.
  const cut = s.flushEvery > 0 ? batches(s.changes, s.batchSize) : anywhere(s.changes, s.batchSize);
  for (const [i, batch] of cut.entries()) {
    const given = s.encoded ? withEncodedTexts(batch, writer.encodedColumns) : batch;
    await writer.write(given);
    useForOthers(given);
    if (s.flushEvery > 0 && i % s.flushEvery === 0) await writer.flush(false);
  }
  await writer.flush(true);
  await writer.close();

  const keys = KEYS.map((k) => s.prefix + k);
  const replies = await ask(port, [
    ...keys.map(variant.read),
    ...keys.map((k) => ['PTTL', k]),
    ['DBSIZE'],
    ['FLUSHDB'],
  ]);
  const found = Object.fromEntries(KEYS.map((k, i) => [k, variant.content(replies[i]!)]));
  return {
    found,
    ttls: Object.fromEntries(KEYS.map((k, i) => [k, replies[KEYS.length + i] as number])),
    size: replies[2 * KEYS.length] as number,
  };
}

export const VARIANTS: readonly Variant[] = [STRING, LIST, SET, HASHMAP, FLAT, SORTEDSET, ...COMPOSITE];
