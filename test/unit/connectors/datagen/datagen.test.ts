import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { datagenFactory } from '../../../../src/connectors/datagen/factory.ts';
import { errorChain } from '../../../../src/types/errors.ts';
import {
  BIGINT,
  BOOLEAN,
  BYTES,
  DOUBLE,
  INT,
  type LogicalType,
  STRING,
} from '../../../../src/types/logical-type.ts';
import type { Row } from '../../../../src/types/row.ts';
import type { Field } from '../../../../src/types/schema.ts';
import { valueToString } from '../../../../src/types/text/row-text.ts';
import { TimestampData } from '../../../../src/types/values.ts';
import { openReader, readAll, scanOf } from '../../../support/connector-tables.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const nullable = true;
const FAST = { 'rows-per-second': '1000000000' };
const NOW = 1_700_000_000_123;

/** The rate never holds rows back: a second passes whenever somebody looks. */
class HurryingClock extends ManualClock {
  #looks = 0;
  override monotonic(): number {
    return super.monotonic() + 1000 * this.#looks++;
  }
}

async function make(fields: readonly Field[], options: Record<string, string>): Promise<Row[]> {
  const clock = new HurryingClock(NOW);
  const source = scanOf(datagenFactory, fields, { ...FAST, ...options });
  return readAll(await openReader(source, fields, { clock }));
}

async function valuesOf(type: LogicalType, options: Record<string, string> = {}): Promise<unknown[]> {
  const prefixed = Object.entries(options).map(([k, v]) => [`fields.a.${k}`, v]);
  const rows = await make([{ name: 'a', type }], {
    'number-of-rows': '200',
    ...Object.fromEntries(prefixed),
  });
  expect(rows.length).toBe(200);
  return rows.map((r) => r[0]);
}

function failure(type: LogicalType, options: Record<string, string>): string[] {
  try {
    scanOf(datagenFactory, [{ name: 'a', type }], options);
  } catch (error) {
    return errorChain(error);
  }
  throw new Error('The options were taken.');
}

describe('random', () => {
  test('numbers stay in their bounds', async () => {
    const bounds = { min: '-3', max: '3' };
    const ints = new Set(await valuesOf(INT, bounds));
    expect([...ints].sort((a, b) => Number(a) - Number(b))).toEqual([-3, -2, -1, 0, 1, 2, 3]);
    expect(new Set(await valuesOf(BIGINT, bounds)).size).toBe(7);
    for (const v of await valuesOf(DOUBLE, bounds)) expect(Math.abs(v as number)).toBeLessThanOrEqual(3);
    const wide = (await valuesOf(DOUBLE)) as number[];
    expect(wide.every(Number.isFinite)).toBe(true);
    expect(wide.some((v) => v < 0) && wide.some((v) => v > 0)).toBe(true);
    const type: LogicalType = { root: 'DECIMAL', precision: 5, scale: 2, nullable };
    for (const v of await valuesOf(type)) expect(valueToString(v, type)).toMatch(/^(-?\d{1,3}\.\d\d|null)$/);
  });
  test('texts and bytes have their length', async () => {
    for (const v of await valuesOf(STRING)) expect(v).toMatch(/^[0-9a-f]{100}$/);
    for (const v of await valuesOf(STRING, { length: '8' })) expect(v).toMatch(/^[0-9a-f]{8}$/);
    const lengths = (await valuesOf(STRING, { length: '5', 'var-len': 'true' })).map(
      (v) => (v as string).length,
    );
    expect([...new Set(lengths)].sort()).toEqual([1, 2, 3, 4, 5]);
    for (const v of await valuesOf({ root: 'CHAR', length: 4, nullable })) expect(v).toHaveLength(4);
    for (const v of await valuesOf(BYTES, { length: '3' })) expect(v).toHaveLength(3);
  });
  test('times are now, or a while ago', async () => {
    const type: LogicalType = { root: 'TIMESTAMP', precision: 3, nullable };
    expect(new Set((await valuesOf(type)).map((v) => (v as TimestampData).millisecond))).toEqual(
      new Set([NOW]),
    );
    for (const v of await valuesOf(type, { 'max-past': '1 s' })) {
      expect((v as TimestampData).millisecond).toBeGreaterThanOrEqual(NOW - 1000);
    }
    const [seconds] = await valuesOf({ root: 'TIMESTAMP_LTZ', precision: 0, nullable });
    expect(seconds).toEqual(new TimestampData(1_700_000_000_000));
    expect(await valuesOf({ root: 'DATE', nullable })).toContain(19_675);
  });
  test('NULLs in their share', async () => {
    const nulls = (await valuesOf(BOOLEAN, { 'null-rate': '0.5' })).filter((v) => v === null);
    expect(nulls.length).toBeGreaterThan(50);
    expect(nulls.length).toBeLessThan(150);
    expect((await valuesOf(BOOLEAN, { 'null-rate': '1' })).every((v) => v === null)).toBe(true);
  });
  test('collections and rows', async () => {
    const array: LogicalType = { root: 'ARRAY', element: INT, nullable };
    for (const v of await valuesOf(array, { length: '2', 'element.min': '5', 'element.max': '5' })) {
      expect(v).toEqual([5, 5]);
    }
    const row: LogicalType = {
      root: 'ROW',
      fields: [
        { name: 'x', type: INT },
        { name: 'y', type: STRING },
      ],
      nullable,
    };
    for (const v of await valuesOf(row, { 'x.min': '1', 'x.max': '1', 'y.length': '0' }))
      expect(v).toEqual([1, '']);
    const map: LogicalType = { root: 'MAP', key: STRING, value: INT, nullable };
    for (const v of await valuesOf(map, { length: '1', 'key.length': '2' }))
      expect((v as Map<string, number>).size).toBe(1);
  });
});

describe('sequence', () => {
  test('from start to end, then the table ends', async () => {
    const fields = [
      { name: 'id', type: BIGINT },
      { name: 's', type: STRING },
    ];
    const options = {
      'fields.id.kind': 'sequence',
      'fields.id.start': '9007199254740993',
      'fields.id.end': '9007199254740995',
      'fields.s.kind': 'SEQUENCE',
      'fields.s.start': '1',
      'fields.s.end': '5',
    };
    expect(await make(fields, options)).toEqual([
      [9_007_199_254_740_993n, '1'],
      [9_007_199_254_740_994n, '2'],
      [9_007_199_254_740_995n, '3'],
    ]);
    expect(await make(fields, { ...options, 'number-of-rows': '1' })).toHaveLength(1);
    expect(scanOf(datagenFactory, fields, options).bounded).toBe(true);
  });
  test('both ends have to be there', () => {
    expect(failure(INT, { 'fields.a.kind': 'sequence', 'fields.a.start': '1' })).toEqual([
      "Could not find required property 'fields.a.end' for sequence generator.",
    ]);
    expect(failure(BOOLEAN, { 'fields.a.kind': 'sequence' })[0]).toBe(
      'Unsupported type for sequence generator: BOOLEAN.',
    );
  });
});

test('what is refused', () => {
  expect(failure(INT, { 'fields.a.kind': 'walk' })[0]).toContain('Unsupported generator kind: walk');
  expect(failure(INT, { 'number-of-rows': 'abc' })).toEqual([
    "Invalid value for option 'number-of-rows'.",
    'For input string: "abc"',
  ]);
  expect(failure(INT, { 'fields.b.min': '1' })[0]).toContain('Unsupported options:\n\nfields.b.min');
  expect(failure(STRING, { 'no-rows': '1' })[0]).toBe(
    "Unsupported options found for 'datagen'.\n\nUnsupported options:\n\nno-rows\n\nSupported options:\n\nconnector\nfields.a.kind\nfields.a.length\nfields.a.null-rate\nfields.a.var-len\nnumber-of-rows\nrows-per-second\nscan.parallelism",
  );
  expect(failure({ root: 'VARCHAR', length: 5, nullable }, { 'fields.a.length': '6' })[1]).toBe(
    "Custom length '6' for variable-length type (VARCHAR/STRING/VARBINARY/BYTES) field 'a' should be shorter than '5' defined in the schema.",
  );
  expect(failure(INT, { 'fields.a.min': '2', 'fields.a.max': '1' })[0]).toContain("'fields.a.min' (2)");
});

describe('the reader', () => {
  const fields = [
    { name: 'id', type: INT },
    { name: 'name', type: STRING },
  ];
  const options = { 'fields.id.kind': 'sequence', 'fields.id.start': '1', 'fields.id.end': '100' };

  test('goes on with the very same rows from any position, whatever columns are read', async () => {
    const source = scanOf(datagenFactory, fields, { ...FAST, ...options });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 100 }), fc.nat(2 ** 32 - 1), async (stop, seed) => {
        const clock = new HurryingClock();
        const start = { shares: [{ next: 0, step: 1, seed }] };
        const all = await readAll(await openReader(source, fields, { clock, restored: start }));
        const first = await openReader(source, fields, { clock, restored: start });
        const head = stop === 0 ? [] : ((await first.poll(stop))?.rows ?? []);
        const rest = await openReader(source, fields, { clock, restored: first.position() });
        expect([...head, ...(await readAll(rest))]).toEqual(all);
        const names = await openReader(source, fields, { clock, restored: start, physical: [1] });
        expect(await readAll(names)).toEqual(all.map((r) => [r[1]]));
      }),
      { numRuns: 30 },
    );
  });

  test('keeps to its rate', async () => {
    const clock = new ManualClock();
    const source = scanOf(datagenFactory, fields, { ...options, 'rows-per-second': '10' });
    const reader = await openReader(source, fields, { clock });
    expect((await reader.poll(1000))?.rows).toHaveLength(1);
    const waiting = reader.poll(1000);
    await clock.advance(99);
    expect(clock.pending).toBe(1);
    await clock.advance(1);
    expect((await waiting)?.rows).toHaveLength(0);
    expect((await reader.poll(1000))?.rows).toHaveLength(1);
    await clock.advance(500);
    expect((await reader.poll(1000))?.rows).toHaveLength(5);
    // A long standstill is not made up for.
    await clock.advance(60_000);
    expect((await reader.poll(1000))?.rows).toHaveLength(10);
    expect(reader.progress()).toEqual({ pending: 83, fraction: 0.17 });
  });

  test('wakeUp ends the waiting', async () => {
    const clock = new ManualClock();
    const source = scanOf(datagenFactory, fields, { ...options, 'rows-per-second': '1' });
    const reader = await openReader(source, fields, { clock });
    await reader.poll(10);
    const waiting = reader.poll(10);
    reader.wakeUp();
    expect(await waiting).toEqual({ rows: [], kinds: null });
    expect(clock.pending).toBe(0);
    await reader.close();
  });

  test('no end without a number of rows', () => {
    expect(scanOf(datagenFactory, fields, {}).bounded).toBe(false);
    expect(scanOf(datagenFactory, fields, { 'number-of-rows': '0' }).bounded).toBe(true);
  });
});
