import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Checkpoint, decodeState, encodeState } from '../../../src/runtime/checkpoint/checkpoint.ts';
import { FileCheckpointStore } from '../../../src/runtime/checkpoint/store.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'drey-store-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const checkpoint = (id: number, entries: unknown[] = []): Checkpoint => ({
  id,
  time: 5,
  fingerprint: 'f',
  positions: [{ offset: 7n }],
  state: new Map(entries.length === 0 ? [] : [[2, entries]]),
});

test('the newest checkpoint of the newest run comes back whole', async () => {
  const store = await FileCheckpointStore.open(dir, 'insert-into_a.b.c', false, 'run-1', 1);
  expect(await store.latest()).toBeNull();
  await store.write(checkpoint(0));
  await store.write(
    checkpoint(1, [
      ['a', 1n],
      ['b\n', null],
    ]),
  );
  const resumed = await FileCheckpointStore.open(dir, 'insert-into_a.b.c', true, 'run-2', 1);
  expect(await resumed.latest()).toEqual(
    checkpoint(1, [
      ['a', 1n],
      ['b\n', null],
    ]),
  );
  expect(await readdir(resumed.folder)).toEqual(['chk-000000001']);
});

test('a fresh run does not see the checkpoints of an older one, nor does its resume', async () => {
  const first = await FileCheckpointStore.open(dir, 'j', false, 'run-1', 1);
  await first.write(checkpoint(3));
  const second = await FileCheckpointStore.open(dir, 'j', false, 'run-2', 1);
  expect(await second.latest()).toBeNull();
  expect(await (await FileCheckpointStore.open(dir, 'j', true, 'run-3', 1)).latest()).toBeNull();
});

test('state of several threads comes back as one, in a checkpoint as of one thread', async () => {
  const store = await FileCheckpointStore.open(dir, 'j', false, 'run-1', 1);
  const first = encodeState(new Map([[2, [['a', 1n]]]]));
  const second = encodeState(
    new Map<number, unknown[]>([
      [2, [['b\n', null]]],
      [5, Array.from({ length: 100_000 }, (_, i) => [`key ${i}`, i])],
    ]),
  );
  expect(second.chunks.length).toBeGreaterThan(1);
  await store.write({ ...checkpoint(1), encoded: [first, second] });
  const { state } = (await store.latest())!;
  expect(state.get(2)).toEqual([
    ['a', 1n],
    ['b\n', null],
  ]);
  expect(state.get(5)).toHaveLength(100_000);
  expect(decodeState([encodeState(state)])).toEqual(state);
  expect(decodeState([])).toEqual(new Map());
});

test('what a crash left half written is not a checkpoint', async () => {
  const store = await FileCheckpointStore.open(dir, 'j', false, 'run-1', 2);
  await store.write(checkpoint(1));
  await writeFile(path.join(store.folder, 'chk-000000002.part'), '{"format":');
  expect((await store.latest())?.id).toBe(1);
});

test('a cut or foreign file is refused, with its name', async () => {
  const store = await FileCheckpointStore.open(dir, 'j', false, 'run-1', 2);
  await store.write(checkpoint(1, [['x']]));
  const file = path.join(store.folder, 'chk-000000001');
  await truncate(file, 90);
  await expect(store.latest()).rejects.toThrow(file);
});

test('old checkpoints and runs go', async () => {
  for (let run = 1; run <= 8; run++) {
    const store = await FileCheckpointStore.open(dir, 'j', false, `run-${run}`, 2);
    for (let id = 0; id < 5; id++) await store.write(checkpoint(id));
    expect(await readdir(store.folder)).toEqual(['chk-000000003', 'chk-000000004']);
  }
  expect(await readdir(path.join(dir, 'j'))).toEqual(['run-4', 'run-5', 'run-6', 'run-7', 'run-8']);
});
