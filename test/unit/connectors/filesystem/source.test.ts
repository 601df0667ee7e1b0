import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { filesystemFactory } from '../../../../src/connectors/filesystem/factory.ts';
import { LineReader } from '../../../../src/connectors/filesystem/line-reader.ts';
import { errorChain } from '../../../../src/types/errors.ts';
import { INT, STRING } from '../../../../src/types/logical-type.ts';
import { openReader, readAll, scanOf } from '../../../support/connector-tables.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const FIELDS = [
  { name: 'id', type: INT },
  { name: 'name', type: STRING },
];
const RAW = [{ name: 'line', type: STRING }];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drey-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}
const scan = (options: Record<string, string>, fields = FIELDS) =>
  scanOf(filesystemFactory, fields, { path: folder, format: 'json', ...options });
const read = async (options: Record<string, string>, fields = FIELDS) => {
  const reader = await openReader(scan(options, fields), fields);
  try {
    return await readAll(reader);
  } finally {
    await reader.close();
  }
};

async function failure(action: () => Promise<unknown>): Promise<string[]> {
  try {
    await action();
  } catch (error) {
    return errorChain(error);
  }
  throw new Error('Nothing was thrown.');
}

describe('which files', () => {
  test('one, by path or URL', async () => {
    const path = put('a.json', '{"id":1}\n{"id":2}\n');
    expect(await read({ path })).toEqual([
      [1, null],
      [2, null],
    ]);
    expect(await read({ path: pathToFileURL(path).href })).toHaveLength(2);
    expect(await read({ path: `file:${path}` })).toHaveLength(2);
  });
  test('all of a folder, in the order of their names, but hidden ones', async () => {
    put('b.json', '{"id":2}');
    put('a/x.json', '{"id":1}');
    put('c.json', '');
    put('.hidden.json', 'x');
    put('_SUCCESS', 'x');
    put('.d/x.json', 'x');
    expect(await read({})).toEqual([
      [1, null],
      [2, null],
    ]);
    expect(await read({ 'source.path.regex-pattern': '.*/b\\.json' })).toEqual([[2, null]]);
  });
  test('none', async () => {
    expect(await read({})).toEqual([]);
    expect((await failure(() => read({ path: join(folder, 'nope') })))[0]).toBe(
      `File or folder '${join(folder, 'nope')}' of option 'path' does not exist.`,
    );
    expect(() => scan({ path: 's3://bucket/x' })).toThrow("for scheme 's3'");
  });
});

describe('lines', () => {
  test('of each kind of line end, the last without one', async () => {
    put('a', 'one\r\n\ntwo\nthree');
    expect(await read({ format: 'raw' }, RAW)).toEqual([['one'], [''], ['two'], ['three']]);
  });
  test('of csv, with their options', async () => {
    put('a.csv', '# id|name\n1|x y\n2|"a|b"\n');
    const options = { format: 'csv', 'csv.field-delimiter': '|', 'csv.allow-comments': 'true' };
    expect(await read(options)).toEqual([
      [1, 'x y'],
      [2, 'a|b'],
    ]);
  });
  test('of changes', async () => {
    put('a.json', '{"op":"u","before":{"id":1,"name":"x"},"after":{"id":1,"name":"y"}}\n');
    const source = scan({ format: 'debezium-json' });
    expect(source.changelogMode.toString()).toBe('[INSERT, UPDATE_BEFORE, UPDATE_AFTER, DELETE]');
    const reader = await openReader(source, FIELDS);
    expect(await reader.poll(1)).toEqual({
      rows: [
        [1, 'x'],
        [1, 'y'],
      ],
      kinds: Uint8Array.of(1, 2),
    });
    await reader.close();
  });
  test('a bad one is named', async () => {
    const path = put('a.json', '{"id":1}\n\n{"id":"x"}\n');
    expect((await failure(() => read({}))).slice(0, 3)).toEqual([
      `File '${path}', line 3: the line cannot be read.`,
      `Failed to deserialize JSON '{"id":"x"}'.`,
      'Fail to deserialize at field: id.',
    ]);
    expect(await read({ 'json.ignore-parse-errors': 'true' })).toEqual([
      [1, null],
      [null, null],
    ]);
  });
  test('columns and metadata in the order of the projection', async () => {
    const path = put('a.json', '{"id":1,"name":"x"}');
    const reader = await openReader(scan({}), FIELDS, {
      physical: [1],
      metadata: ['file.name', 'file.size', 'file.path'],
    });
    expect(await readAll(reader)).toEqual([['x', 'a.json', 19n, path]]);
  });
});

test('pieces of any size give the same lines and offsets', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '\r', ' '), maxLength: 40 }), { maxLength: 20 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 64 }),
      fc.nat(20),
      async (lines, ended, chunk, cut) => {
        const text = lines.join('\n') + (ended ? '\n' : '');
        const path = put('lines', text);
        const wanted = text === '' ? [] : text.split('\n').map((l) => l.replace(/\r$/, ''));
        if (wanted.at(-1) === '' && text.endsWith('\n')) wanted.pop();
        const found: string[] = [];
        let reader = await LineReader.open(path, 0, 0, chunk);
        do {
          while (reader.next()) {
            found.push(reader.buffer.toString('utf8', reader.start, reader.end));
            if (found.length === cut) {
              const { offset, line } = reader;
              await reader.close();
              reader = await LineReader.open(path, offset, line, chunk);
            }
          }
        } while (await reader.fill());
        expect(reader.line).toBe(found.length);
        expect(reader.offset).toBe(Buffer.byteLength(text));
        await reader.close();
        // A carriage return alone at the very end is no line end.
        expect(found).toEqual(wanted);
      },
    ),
    { numRuns: 150 },
  );
});

describe('positions', () => {
  const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => [from + i, null]);
  test('any of them leads to the same rest', async () => {
    for (const file of [0, 1, 2]) {
      put(
        `${file}.json`,
        rows(file * 5, file * 5 + 5)
          .map(([id]) => `{"id":${id}}`)
          .join('\n'),
      );
    }
    const source = scan({});
    for (let stop = 0; stop <= 15; stop++) {
      const reader = await openReader(source, FIELDS);
      const head = [];
      while (head.length < stop) head.push(...(await reader.poll(1))!.rows);
      const position = JSON.parse(JSON.stringify(reader.position()));
      const fraction = reader.progress().fraction!;
      await reader.close();
      const rest = await openReader(source, FIELDS, { restored: position });
      expect(rest.progress().fraction).toBeCloseTo(fraction);
      expect([...head, ...(await readAll(rest))]).toEqual(rows(0, 15));
      expect(rest.progress().fraction).toBe(1);
    }
  });
  test('a file that is gone', async () => {
    const path = put('a.json', '{"id":1}\n{"id":2}\n');
    const reader = await openReader(scan({}), FIELDS);
    await reader.poll(1);
    const restored = reader.position();
    await reader.close();
    rmSync(path);
    expect((await failure(() => openReader(scan({}), FIELDS, { restored })))[0]).toContain('is gone');
  });
});

test('a watched folder: new files are read, each once', async () => {
  put('a.json', '{"id":1}\n');
  const clock = new ManualClock();
  const source = scan({ 'source.monitor-interval': '1 s' });
  expect(source.bounded).toBe(false);
  const reader = await openReader(source, FIELDS, { clock });
  expect((await reader.poll(10))?.rows).toEqual([[1, null]]);
  const waiting = reader.poll(10);
  while (clock.pending === 0) await new Promise(setImmediate);
  put('0.json', '{"id":2}\n');
  await clock.advance(1000);
  expect(await waiting).toEqual({ rows: [], kinds: null });
  expect((await reader.poll(10))?.rows).toEqual([[2, null]]);
  const again = reader.poll(10);
  while (clock.pending === 0) await new Promise(setImmediate);
  reader.wakeUp();
  expect((await again)?.rows).toEqual([]);
  expect(clock.pending).toBe(0);
  await reader.close();
});

test('what is refused', () => {
  expect(() => scanOf(filesystemFactory, FIELDS, { path: folder })).toThrow(
    "Could not find required scan format 'format'.",
  );
  expect(() => scanOf(filesystemFactory, FIELDS, { format: 'json' })).toThrow(
    'Missing required options are:\n\npath',
  );
  expect(() => scan({ format: 'raw' })).toThrow('only supports single physical column');
  expect(() => scan({ 'json.nope': 'x' })).toThrow('Unsupported options:\n\njson.nope');
});
