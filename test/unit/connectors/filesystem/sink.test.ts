import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { filesystemFactory } from '../../../../src/connectors/filesystem/factory.ts';
import { ChangelogMode } from '../../../../src/types/changelog-mode.ts';
import { errorChain } from '../../../../src/types/errors.ts';
import { INT, STRING } from '../../../../src/types/logical-type.ts';
import { openReader, readAll, scanOf, sinkOf, writerOf } from '../../../support/connector-tables.ts';

const FIELDS = [
  { name: 'id', type: INT },
  { name: 'name', type: STRING },
];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drey-sink-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sink = (options: Record<string, string> = {}) =>
  sinkOf(filesystemFactory, FIELDS, { path: join(folder, 'out'), format: 'json', ...options });
const visible = () => readdirSync(join(folder, 'out')).filter((name) => !name.startsWith('.'));
const batch = (from: number, to: number) => ({
  rows: Array.from({ length: to - from }, (_, i) => [from + i, `name ${from + i}`]),
  kinds: null,
});

test('files appear whole, when they are flushed', async () => {
  const writer = writerOf(sink());
  await writer.open();
  await writer.write(batch(0, 2));
  expect(visible()).toEqual([]);
  await writer.flush(false);
  const [first] = visible();
  expect(first).toMatch(/^part-[0-9a-f-]{36}-0-0$/);
  expect(readFileSync(join(folder, 'out', first!), 'utf8')).toBe(
    '{"id":0,"name":"name 0"}\n{"id":1,"name":"name 1"}\n',
  );
  await writer.flush(false);
  expect(visible()).toHaveLength(1);
  await writer.write(batch(2, 3));
  await writer.flush(true);
  await writer.close();
  expect(visible()).toHaveLength(2);
});

test('what was not flushed is taken back', async () => {
  const writer = writerOf(sink({ 'sink.rolling-policy.file-size': '1 mb' }));
  await writer.open();
  for (let i = 0; i < 10; i++) await writer.write(batch(i * 10_000, i * 10_000 + 10_000));
  expect(readdirSync(join(folder, 'out')).length).toBeGreaterThan(1);
  expect(visible()).toEqual([]);
  await writer.close();
  expect(readdirSync(join(folder, 'out'))).toEqual([]);
});

test('many rows, rolled by size, read back in order of writing', async () => {
  const writer = writerOf(sink({ 'sink.rolling-policy.file-size': '200 kb' }));
  await writer.open();
  for (let i = 0; i < 20; i++) await writer.write(batch(i * 1000, i * 1000 + 1000));
  await writer.flush(true);
  await writer.close();
  expect(visible().length).toBeGreaterThan(1);
  const source = scanOf(filesystemFactory, FIELDS, { path: join(folder, 'out'), format: 'json' });
  const rows = await readAll(await openReader(source, FIELDS));
  expect(rows.map((r) => r[0] as number).sort((a, b) => a - b)).toEqual(
    batch(0, 20_000).rows.map((r) => r[0]),
  );
});

test('takes what its format can write', () => {
  expect(sink().changelogMode(ChangelogMode.all)).toBe(ChangelogMode.insertOnly);
  expect(sink({ format: 'debezium-json' }).changelogMode(ChangelogMode.insertOnly)).toBe(ChangelogMode.all);
});

test('a line longer than a piece', async () => {
  const writer = writerOf(sink());
  const name = 'x'.repeat(600_000);
  await writer.open();
  await writer.write({
    rows: [
      [1, 'a'],
      [2, name],
      [3, 'b'],
    ],
    kinds: null,
  });
  await writer.flush(true);
  const source = scanOf(filesystemFactory, FIELDS, { path: join(folder, 'out'), format: 'json' });
  expect(await readAll(await openReader(source, FIELDS))).toEqual([
    [1, 'a'],
    [2, name],
    [3, 'b'],
  ]);
});

test('a path that is a file', async () => {
  writeFileSync(join(folder, 'out'), '');
  let chain: string[] = [];
  try {
    await writerOf(sink()).open();
  } catch (error) {
    chain = errorChain(error);
  }
  expect(chain[0]).toBe(`Folder '${join(folder, 'out')}' of option 'path' cannot be made.`);
});
