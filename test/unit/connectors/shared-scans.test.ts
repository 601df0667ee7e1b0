// Tables that several readers share: together they give every row once, also when the job goes on from a checkpoint with another
// number of readers.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Position, ScanTableSource, SourceReader } from '../../../src/connector/source.ts';
import { datagenFactory } from '../../../src/connectors/datagen/factory.ts';
import { filesystemFactory } from '../../../src/connectors/filesystem/factory.ts';
import { INT } from '../../../src/types/logical-type.ts';
import type { Row } from '../../../src/types/row.ts';
import { openReader, readAll, scanOf } from '../../support/connector-tables.ts';

const FIELDS = [{ name: 'id', type: INT }];
const ROWS = 40;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drey-shared-'));
  for (let file = 0; file < 8; file++) {
    const lines = Array.from({ length: ROWS / 8 }, (_, i) => `{"id":${file * (ROWS / 8) + i}}`);
    writeFileSync(join(folder, `part-${file}.json`), lines.join('\n'));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const SOURCES: readonly [string, () => ScanTableSource][] = [
  [
    'datagen',
    () =>
      scanOf(datagenFactory, FIELDS, {
        'rows-per-second': '1000000',
        'fields.id.kind': 'sequence',
        'fields.id.start': '0',
        'fields.id.end': String(ROWS - 1),
      }),
  ],
  ['filesystem', () => scanOf(filesystemFactory, FIELDS, { path: folder, format: 'json' })],
];

function openReaders(source: ScanTableSource, count: number, restored: Position | null) {
  const all = Array.from({ length: count }, (_, index) =>
    openReader(source, FIELDS, { restored, subtask: { index, parallelism: count } }),
  );
  return Promise.all(all);
}

async function pollEach(readers: readonly SourceReader[], polls: readonly number[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [i, reader] of readers.entries()) {
    for (let n = 0; n < (polls[i] ?? 0); n++) rows.push(...((await reader.poll(2))?.rows ?? []));
  }
  return rows;
}

async function readRest(readers: readonly SourceReader[]): Promise<Row[]> {
  const rows = await Promise.all(readers.map((reader) => readAll(reader)));
  await Promise.all(readers.map((reader) => reader.close()));
  return rows.flat();
}

test.each(SOURCES)('%s: every row once, whatever the number of readers', async (_, make) => {
  const parallelism = fc.integer({ min: 1, max: 5 });
  const polls = fc.array(fc.nat(4), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(parallelism, parallelism, polls, async (before, after, taken) => {
      const source = make();
      const first = await openReaders(source, before, null);
      const head = await pollEach(first, taken);
      const merged = source.mergePositions!(first.map((reader) => reader.position()));
      await Promise.all(first.map((reader) => reader.close()));
      const restored = JSON.parse(JSON.stringify(merged)) as Position;
      const rest = await readRest(await openReaders(source, after, restored));
      const ids = [...head, ...rest].map(([id]) => id as number).sort((a, b) => a - b);
      expect(ids).toEqual(Array.from({ length: ROWS }, (_value, i) => i));
    }),
    { numRuns: 40 },
  );
});

test('datagen: readers share the rate', async () => {
  const source = scanOf(datagenFactory, FIELDS, { 'rows-per-second': '8', 'number-of-rows': '8' });
  const readers = await openReaders(source, 4, null);
  expect(readers.map((reader) => reader.progress().pending)).toEqual([2, 2, 2, 2]);
});
