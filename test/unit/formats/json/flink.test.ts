// What a real Flink makes of the same messages and rows: test/data/formats.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Big from 'big.js';
import { describe, expect, test } from 'vitest';
import { errorChain } from '../../../../src/types/errors.ts';
import { type LogicalType, STRING } from '../../../../src/types/logical-type.ts';
import type { Field } from '../../../../src/types/schema.ts';
import { TimestampData } from '../../../../src/types/values.ts';
import {
  decodeAll,
  decoderOf,
  encoderOf,
  FORMATS_BY_IDENTIFIER,
  type FormatOptions,
  shown,
} from '../../../support/formats.ts';

interface DecodeCase {
  readonly id: string;
  readonly name: string;
  readonly format: string;
  readonly options: FormatOptions;
  readonly fields: readonly Field[];
  readonly metadata: readonly string[];
  readonly messages: readonly (string | null)[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly error?: readonly string[];
}

interface EncodeCase {
  readonly id: string;
  readonly name: string;
  readonly options: FormatOptions;
  readonly fields: readonly Field[];
  readonly message: string;
}

function load<T>(file: string): T[] {
  const path = join(import.meta.dirname, '../../../data/formats', file);
  return JSON.parse(readFileSync(path, 'utf8')) as T[];
}

describe('decoding as Flink does', () => {
  for (const c of load<DecodeCase>('flink-decode.json')) {
    test(`${c.id} ${c.name}`, () => {
      const factory = FORMATS_BY_IDENTIFIER.get(c.format)!;
      const metadataTypes: LogicalType[] = c.metadata.map((key) =>
        key === 'ingestion-timestamp' ? { root: 'TIMESTAMP_LTZ', precision: 3, nullable: true } : STRING,
      );
      const types = [...c.fields.map((f) => f.type), ...metadataTypes];
      const run = () =>
        decodeAll(decoderOf(factory, c.fields, c.options, c.metadata), c.messages).map(([kind, ...row]) => [
          kind,
          ...row.map((v, i) => shown(v, types[i]!)),
        ]);
      if (c.error === undefined) {
        expect(run()).toEqual(c.rows);
        return;
      }
      let chain: string[] = [];
      try {
        run();
      } catch (error) {
        chain = errorChain(error);
      }
      // The outermost sentence about the table's options is the planner's.
      const wanted = c.error.filter((m) => !m.startsWith('Error creating'));
      wanted.forEach((message, i) => {
        expect(chain[i]).toContain(message);
      });
    });
  }
});

const ALL_TYPES = [
  'x',
  1,
  2n,
  1,
  Math.fround(0.1),
  new Big('1.50'),
  true,
  Buffer.from('ab'),
  new TimestampData(1_577_934_245_120),
  new TimestampData(1_577_934_245_120),
  18_263,
  11_045_000,
  [1, 'q'],
  ['p', 'q'],
  new Map([['m', 1]]),
];

const ROWS: Readonly<Record<string, readonly unknown[]>> = {
  'kafkasink-001': ALL_TYPES,
  'kafkasink-002': ALL_TYPES,
  'kafkasink-004': [null, 1],
  'kafkasink-009': [new Map([[null, 1]])],
};

describe('encoding as Flink does', () => {
  for (const c of load<EncodeCase>('flink-encode.json')) {
    test(`${c.id} ${c.name}`, () => {
      const encoder = encoderOf(FORMATS_BY_IDENTIFIER.get('json')!, c.fields, c.options);
      expect(encoder.encode(ROWS[c.id]!, 0)?.toString()).toBe(c.message);
    });
  }
});
