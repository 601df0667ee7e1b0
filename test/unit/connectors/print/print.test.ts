import { expect, test } from 'vitest';
import { printFactory } from '../../../../src/connectors/print/factory.ts';
import { ChangelogMode } from '../../../../src/types/changelog-mode.ts';
import { INT, STRING } from '../../../../src/types/logical-type.ts';
import { runtimeOf, sinkOf, writerOf } from '../../../support/connector-tables.ts';

const FIELDS = [
  { name: 'id', type: INT },
  { name: 'name', type: STRING },
];
const BATCH = {
  rows: [
    [1, 'a'],
    [1, 'b'],
    [null, ''],
  ],
  kinds: Uint8Array.of(1, 2, 3),
};

test('a line a row, with its kind', async () => {
  const runtime = runtimeOf();
  const writer = writerOf(sinkOf(printFactory, FIELDS, {}), runtime);
  await writer.open();
  await writer.write(BATCH);
  await writer.write({ rows: [[2, 'c']], kinds: null });
  await writer.flush(true);
  await writer.close();
  expect(runtime.out).toBe('-U[1, a]\n+U[1, b]\n-D[null, ]\n+I[2, c]\n');
  expect(runtime.err).toBe('');
});

test('with a name before it, to standard error', async () => {
  const runtime = runtimeOf();
  const writer = writerOf(
    sinkOf(printFactory, FIELDS, { 'print-identifier': 'job', 'standard-error': 'true' }),
    runtime,
  );
  await writer.write({ rows: [[2, 'c']], kinds: null });
  await writer.flush(true);
  expect(runtime.err).toBe('job> +I[2, c]\n');
  expect(runtime.out).toBe('');
});

test('with the number of the writer where there are several', async () => {
  const subtask = { index: 1, parallelism: 2 };
  for (const [options, line] of [
    [{}, '2> +I[2, c]\n'],
    [{ 'print-identifier': 'job' }, 'job:2> +I[2, c]\n'],
  ] as const) {
    const runtime = runtimeOf(undefined, subtask);
    const sink = sinkOf(printFactory, FIELDS, { ...options, 'sink.parallelism': '2' });
    expect(sink.parallelism).toBe(2);
    await writerOf(sink, runtime).write({ rows: [[2, 'c']], kinds: null });
    expect(runtime.out).toBe(line);
  }
});

test('takes what the query sends; refuses what it does not know', () => {
  expect(sinkOf(printFactory, FIELDS, {}).changelogMode(ChangelogMode.all)).toBe(ChangelogMode.all);
  expect(() => sinkOf(printFactory, FIELDS, { 'print-identifer': 'x' })).toThrow(
    "Unsupported options found for 'print'.",
  );
});
