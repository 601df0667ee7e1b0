// The pieces of the hot path: each with the check that it does what it should.
import { deepStrictEqual } from 'node:assert';
import { BatchBuilder } from '../../src/connector/batch-builder.ts';
import { CompactTable } from '../../src/connector/caches/compact-table.ts';
import { LruLookupCache } from '../../src/connector/caches/lru.ts';
import { CommandBatch } from '../../src/connectors/redis/client/command-batch.ts';
import type { Reply } from '../../src/connectors/redis/client/port.ts';
import { ReplyParser } from '../../src/connectors/redis/client/reply-parser.ts';
import { DebeziumJsonDecoder } from '../../src/formats/debezium-json/decoder.ts';
import { JsonDecoder } from '../../src/formats/json/decoder.ts';
import { compileExpression } from '../../src/plan/compile/expression.ts';
import { bindExpression } from '../../src/plan/expression-binder.ts';
import { foldConstants } from '../../src/plan/fold.ts';
import { parseExpression } from '../../src/sql/parser.ts';
import { systemClock } from '../../src/types/clock.ts';
import { INT, STRING } from '../../src/types/logical-type.ts';
import type { Row } from '../../src/types/row.ts';
import type { Field } from '../../src/types/schema.ts';
import { contextOf, scopeOf } from '../../test/support/expressions.ts';
import { changes, nameOf, userKey, users } from './messages.ts';

export interface Micro {
  readonly name: string;
  /** One run of it does `items` of `item`. */
  readonly body: () => void;
  readonly items: number;
  readonly item: string;
  /** Throws when the last run came out wrong. */
  readonly result?: () => void;
}

const BATCH = 200;
const FIELDS: readonly Field[] = ['id', 'name', 'score'].map((name) => ({ name, type: STRING }));
const OPTIONS = {
  ignoreParseErrors: false,
  failOnMissingField: false,
  timestampFormat: 'SQL',
} as const;

interface Messages {
  readonly bytes: Buffer;
  readonly ends: readonly number[];
}

/** Messages one behind the other, as in a response of Kafka. */
function concatenated(texts: Iterable<string>): Messages {
  const parts = [...texts].map((text) => Buffer.from(text));
  let end = 0;
  return {
    bytes: Buffer.concat(parts),
    ends: parts.map((part) => {
      end += part.length;
      return end;
    }),
  };
}

interface AnyDecoder {
  decode(bytes: Buffer, start: number, end: number, out: BatchBuilder): void;
}

function decoding(name: string, decoder: AnyDecoder, { bytes, ends }: Messages, last: Row): Micro {
  const out = new BatchBuilder();
  let rows: readonly Row[] = [];
  return {
    name,
    items: ends.length,
    item: 'message',
    body() {
      let start = 0;
      for (const end of ends) {
        decoder.decode(bytes, start, end, out);
        start = end;
      }
      rows = out.take().rows;
    },
    result: () => deepStrictEqual(rows.at(-1), last),
  };
}

/** What there is to be beaten. */
function jsonParse({ bytes, ends }: Messages): Micro {
  let row: Row = [];
  return {
    name: 'decode json, 3 fields, by JSON.parse',
    items: ends.length,
    item: 'message',
    body() {
      let start = 0;
      for (const end of ends) {
        const { id, name, score } = JSON.parse(bytes.toString('utf8', start, end)) as Record<string, string>;
        row = [id, name, score];
        start = end;
      }
    },
    result: () => deepStrictEqual(row, LAST),
  };
}

const LAST: Row = [userKey((199 * 7919) % BATCH), nameOf((199 * 7919) % BATCH), String((199 * 7919) % BATCH)];
const MESSAGES = concatenated(users(BATCH, BATCH));
/** As they come out of Kafka: their texts are pieces of the messages' texts. */
const ROWS: readonly Row[] = decoded(MESSAGES);

function decoded({ bytes, ends }: Messages): readonly Row[] {
  const out = new BatchBuilder();
  const decoder = new JsonDecoder(FIELDS, OPTIONS);
  let start = 0;
  for (const end of ends) {
    decoder.decode(bytes, start, end, out);
    start = end;
  }
  return out.take().rows;
}

function encoding(name: string, encode: (row: Row, out: CommandBatch) => void, word: string): Micro {
  const out = new CommandBatch();
  return {
    name,
    items: BATCH,
    item: 'command',
    body() {
      out.reset();
      for (const row of ROWS) encode(row, out);
    },
    result: () => deepStrictEqual([out.count, out.commandAt(BATCH - 1)[0]], [BATCH, word]),
  };
}

function parsing(name: string, bytes: string, items: number, item: string, wanted: boolean): Micro {
  const chunk = Buffer.from(bytes);
  let seen = 0;
  let last: Reply = null;
  const parser = new ReplyParser({
    countable: () => (wanted ? 0 : items),
    encoded: () => false,
    counted: (replies) => {
      seen += replies;
    },
    reply: (reply) => {
      seen++;
      last = reply;
    },
    push: () => {},
  });
  return {
    name,
    items,
    item,
    body: () => parser.feed(chunk),
    result: () => {
      if (seen === 0) throw new Error('nothing was read');
      if (wanted) deepStrictEqual((last as readonly Reply[]).at(-1), nameOf(items - 1));
    },
  };
}

const SCHEMA: readonly Field[] = [...FIELDS.slice(0, 2), { name: 'score', type: INT }];

function expression(text: string, expected: unknown): Micro {
  const context = contextOf();
  const compiled = compileExpression(
    foldConstants(bindExpression(parseExpression(text), scopeOf(SCHEMA)), context),
    context,
  );
  const rows: readonly Row[] = ROWS.map(([id, name, score]) => [id, name, Number(score)]);
  let last: unknown;
  return {
    name: `expression ${text}`,
    items: BATCH,
    item: 'row',
    body() {
      for (const row of rows) last = compiled(row);
    },
    result: () => deepStrictEqual(last, expected),
  };
}

const CACHED = 10_000;
const CACHED_KEYS = decoded(concatenated(users(CACHED, CACHED))).map((row) => row[0] as string);

function cacheGet(name: string, get: (key: string) => unknown): Micro {
  let found = 0;
  return {
    name,
    items: CACHED,
    item: 'key',
    body() {
      found = 0;
      for (const key of CACHED_KEYS) if (get(key) !== undefined) found++;
    },
    result: () => deepStrictEqual(found, CACHED),
  };
}

const lru = new LruLookupCache({ maxRows: CACHED, ttlMs: undefined, cacheEmpty: true }, systemClock);
const lruTtl = new LruLookupCache({ maxRows: CACHED, ttlMs: 3_600_000, cacheEmpty: true }, systemClock);
const compact = new CompactTable();
for (const key of CACHED_KEYS) {
  lru.put(key, [[key, nameOf(1)]]);
  lruTtl.put(key, [[key, nameOf(1)]]);
  compact.set(key, [nameOf(1)]);
}

const joined = (texts: Iterable<string>) => [...texts].join('');
const bulks = (count: number) =>
  joined(Array.from({ length: count }, (_, i) => `$${nameOf(i).length}\r\n${nameOf(i)}\r\n`));

export const MICROS: readonly Micro[] = [
  decoding('decode json, 3 fields', new JsonDecoder(FIELDS, OPTIONS), MESSAGES, LAST),
  decoding(
    'decode json, 1 field of 3',
    new JsonDecoder(FIELDS.slice(0, 1), OPTIONS),
    MESSAGES,
    LAST.slice(0, 1),
  ),
  jsonParse(MESSAGES),
  decoding(
    'decode debezium-json, 2 fields',
    new DebeziumJsonDecoder(
      {
        schema: { fields: FIELDS },
        projection: [0, 1],
        metadata: [],
        timeZone: 'UTC',
      },
      { ...OPTIONS, schemaInclude: false },
    ),
    concatenated(changes(BATCH)),
    [userKey(99), nameOf(99)],
  ),
  encoding('encode SET', ([id, name], out) => out.add3('SET', id as string, name as string), 'SET'),
  encoding(
    'encode HSET, 2 fields',
    ([id, name, score], out) => {
      out.begin(6, 'HSET');
      for (const word of [id, 'name', name, 'score', score]) out.arg(word as string);
    },
    'HSET',
  ),
  parsing('reply +OK, counted', '+OK\r\n'.repeat(BATCH), BATCH, 'reply', false),
  parsing('reply MGET', `*${BATCH}\r\n${bulks(BATCH)}`, BATCH, 'value', true),
  expression("CASE WHEN score >= 50 THEN CONCAT(name, '!') ELSE name END", `${LAST[1]}!`),
  expression('CAST(CAST(score AS STRING) AS INT) + 1', Number(LAST[2]) + 1),
  expression("id <> '' AND score < 1000", true),
  expression('UPPER(SUBSTRING(name FROM 1 FOR 4))', 'NAME'),
  cacheGet('cache LRU get', (key) => lru.get(key)),
  cacheGet('cache LRU get, with a time to live', (key) => lruTtl.get(key)),
  cacheGet('cache ALL get', (key) => compact.get(key)),
];
