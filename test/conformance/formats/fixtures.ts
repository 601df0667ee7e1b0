// What the suite has to know of each format. A format of the registry that is not here fails the suite.
import Big from 'big.js';
import fc from 'fast-check';
import {
  BIGINT,
  BOOLEAN,
  BYTES,
  DOUBLE,
  INT,
  type LogicalType,
  STRING,
} from '../../../src/types/logical-type.ts';
import type { Field } from '../../../src/types/schema.ts';
import { TimestampData } from '../../../src/types/values.ts';
import type { FormatOptions } from '../../support/formats.ts';

export interface Column {
  readonly type: LogicalType;
  readonly values: fc.Arbitrary<unknown>;
}

export interface Fixture {
  /** Tables that the format can carry, each with options. */
  readonly tables: readonly {
    readonly name: string;
    readonly columns: readonly Column[];
    readonly options?: FormatOptions;
  }[];
  /** Whether NULL comes back as NULL. */
  readonly nulls: boolean;
  /** Messages for a table `a INT, b STRING` (raw: `a INT`) that cannot be read. */
  readonly broken: readonly string[];
  /** What the error of a broken message begins with, the message in it. Absent: the message is not shown. */
  readonly sentence?: (message: string) => string;
  /** An option that skips broken messages. */
  readonly ignoring?: FormatOptions;
}

const nullable = true;
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const timestamp = (precision: number) =>
  fc
    .tuple(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), fc.nat(999_999))
    .map(([ms, ns]) => new TimestampData(ms, precision === 9 ? ns : 0));

const strings: Column = { type: STRING, values: text };
const scalars: readonly Column[] = [
  strings,
  { type: BOOLEAN, values: fc.boolean() },
  { type: { root: 'TINYINT', nullable }, values: fc.integer({ min: -128, max: 127 }) },
  { type: { root: 'SMALLINT', nullable }, values: fc.integer({ min: -32_768, max: 32_767 }) },
  { type: INT, values: fc.integer() },
  { type: BIGINT, values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  { type: { root: 'FLOAT', nullable }, values: fc.float() },
  { type: DOUBLE, values: fc.double() },
  {
    type: { root: 'DECIMAL', precision: 12, scale: 4, nullable },
    values: fc.integer({ min: -999_999_999_999, max: 999_999_999_999 }).map((n) => new Big(n).div(10_000)),
  },
  { type: { root: 'DATE', nullable }, values: fc.integer({ min: -719_162, max: 2_932_896 }) },
  { type: { root: 'TIME', precision: 3, nullable }, values: fc.nat(86_399_999) },
  { type: { root: 'TIMESTAMP', precision: 3, nullable }, values: timestamp(3) },
  { type: { root: 'TIMESTAMP_LTZ', precision: 9, nullable }, values: timestamp(9) },
  { type: BYTES, values: fc.uint8Array({ maxLength: 20 }).map((b) => Buffer.from(b)) },
];

const nested: readonly Column[] = [
  {
    type: { root: 'ARRAY', element: INT, nullable },
    values: fc.array(fc.option(fc.integer()), { maxLength: 4 }),
  },
  {
    type: { root: 'MAP', key: STRING, value: DOUBLE, nullable },
    values: fc
      .array(fc.tuple(text, fc.option(fc.double({ noNaN: true }))), { maxLength: 4 })
      .map((entries) => new Map(entries)),
  },
  {
    type: { root: 'ROW', fields: fieldsOf([strings, { type: INT, values: fc.integer() }]), nullable },
    values: fc.tuple(fc.option(text), fc.option(fc.integer())),
  },
];

const ISO = { 'timestamp-format.standard': 'ISO-8601' };
const JSON_TABLES = [
  { name: 'scalars', columns: scalars },
  { name: 'scalars, ISO-8601', columns: scalars, options: ISO },
  { name: 'nested', columns: nested },
  {
    name: 'without NULLs',
    columns: [...scalars, ...nested],
    options: { 'encode.ignore-null-fields': 'true' },
  },
];

export const FIXTURES: Readonly<Record<string, Fixture>> = {
  json: {
    tables: JSON_TABLES,
    nulls: true,
    broken: ['{"a":1', '{"a":"x"}', '5', '{"a":1 "b":"x"}', '[{"a":1},{"a":{}}]'],
    sentence: (message) => `Failed to deserialize JSON '${message}'.`,
    ignoring: { 'ignore-parse-errors': 'true' },
  },
  'debezium-json': {
    tables: JSON_TABLES,
    nulls: true,
    broken: ['{"op":"c"', '{"op":"c"}', '{"op":"d","before":null}', '{"op":"z","after":{}}', '5'],
    sentence: (message) => `Corrupt Debezium JSON message '${message}'.`,
    ignoring: { 'ignore-parse-errors': 'true' },
  },
  'canal-json': {
    tables: JSON_TABLES,
    nulls: true,
    broken: [
      '{"type":"INSERT"',
      '{"type":"INSERT"}',
      '{"type":"DELETE","data":[null]}',
      '{"type":"UPDATE","data":[{"a":1}],"old":[]}',
      '{"type":"NONE","data":[{}]}',
      '5',
    ],
    sentence: (message) => `Corrupt Canal JSON message '${message}'.`,
    ignoring: { 'ignore-parse-errors': 'true' },
  },
  csv: {
    tables: [
      { name: 'scalars', columns: scalars, options: { 'null-literal': '\u0000' } },
      {
        name: 'escapes',
        columns: [strings, strings],
        options: { 'null-literal': '\u0000', 'escape-character': '\\' },
      },
    ],
    nulls: true,
    broken: ['1', 'x,y', '1,"x', '1,x,y'],
    sentence: (message) => `Failed to deserialize CSV row '${message}'.`,
    ignoring: { 'ignore-parse-errors': 'true' },
  },
  raw: {
    tables: [
      ...[
        strings,
        ...scalars.filter(({ type }) =>
          ['BOOLEAN', 'TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'FLOAT', 'DOUBLE', 'VARBINARY'].includes(
            type.root,
          ),
        ),
      ].map((column) => ({ name: column.type.root, columns: [column] })),
      {
        name: 'little-endian',
        columns: [{ type: BIGINT, values: fc.bigInt({ min: 0n, max: 2n ** 62n }) }],
        options: { endianness: 'little-endian' },
      },
      { name: 'UTF-16', columns: [strings], options: { charset: 'UTF-16' } },
    ],
    nulls: true,
    broken: ['abc', 'abcde'],
  },
};

export function fieldsOf(columns: readonly Column[]): Field[] {
  return columns.map(({ type }, i) => ({ name: `c${i}`, type }));
}
