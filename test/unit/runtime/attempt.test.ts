// The law of checkpoints: stop polling → drain → flush acknowledged → snapshot durable → commit positions.
import { expect, test } from 'vitest';
import { JobAttempt } from '../../../src/runtime/attempt.ts';
import type { Checkpoint } from '../../../src/runtime/checkpoint/checkpoint.ts';
import type { CheckpointStore } from '../../../src/runtime/checkpoint/store.ts';
import { LocalExecution } from '../../../src/runtime/local-execution.ts';
import { sinkOperator } from '../../../src/runtime/operators/sink.ts';
import type { Topology } from '../../../src/runtime/topology.ts';
import type { RowBatch } from '../../../src/types/row.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import {
  batchOf,
  type MemoryReader,
  type MemoryWriter,
  memoryReader,
  memoryWriter,
} from '../../support/memory-tables.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const three = [0, 1, 2].map((n) => batchOf([[0, [n]]]));

function topology(reader: MemoryReader, writer: MemoryWriter): Topology {
  const sink = sinkOperator(writer);
  const source = { name: 's', reader, output: (batch: RowBatch) => sink.process(batch) };
  return {
    sources: [source],
    operators: [sink],
    pipelines: [{ stage: 0, sources: [source], operators: [sink] }],
    fingerprint: 'f',
  };
}

function loggingStore(log: string[]): CheckpointStore & { written: Checkpoint[] } {
  const written: Checkpoint[] = [];
  return {
    written,
    latest: async () => written.at(-1) ?? null,
    async write(checkpoint) {
      written.push(checkpoint);
      log.push(`write ${checkpoint.id} at ${checkpoint.positions[0]!['next']}`);
    },
  };
}

function start(
  reader: MemoryReader,
  writer: MemoryWriter,
  log: string[],
  restored: Checkpoint | null = null,
) {
  const clock = new ManualClock();
  const store = loggingStore(log);
  const running = Promise.withResolvers<void>();
  const execution = new LocalExecution(topology(reader, writer), { clock, logger: quiet, batchSize: 10 });
  const attempt = new JobAttempt(execution, {
    clock,
    logger: quiet,
    store,
    checkpointIntervalMs: 10_000,
    onRunning: running.resolve,
  });
  return { clock, store, attempt, done: attempt.run(restored), running: running.promise };
}

test('a bounded job ends with everything flushed, then snapshot, then commit', async () => {
  const log: string[] = [];
  const writer = memoryWriter(log);
  await start(memoryReader(three, log), writer, log).done;
  expect(writer.changes.map(([, row]) => row[0])).toEqual([0, 1, 2]);
  expect(log).toEqual([
    'open 0',
    'write 0 at 0',
    'poll 0',
    'poll 1',
    'poll 2',
    'flush end',
    'write 1 at 3',
    'commit 3',
    'close source',
    'close sink',
  ]);
});

test('a checkpoint in the middle covers what was polled and nothing more', async () => {
  const log: string[] = [];
  const reader = memoryReader(three, log, { bounded: false, released: 2 });
  const { clock, attempt, done, running } = start(reader, memoryWriter(log), log);
  await running;
  await clock.advance(1);
  await clock.advance(10_000);
  await clock.advance(0);
  expect(log.slice(2)).toEqual(['poll 0', 'poll 1', 'flush', 'write 1 at 2', 'commit 2']);
  log.length = 0;
  reader.release(1);
  await clock.advance(1);
  attempt.stop();
  await done;
  expect(log).toEqual(['poll 2', 'flush', 'write 2 at 3', 'commit 3', 'close source', 'close sink']);
});

test('a failure commits nothing and closes everything', async () => {
  const log: string[] = [];
  const failing = memoryWriter(log, (written) => (written === 2 ? new Error('disk on fire') : null));
  await expect(start(memoryReader(three, log), failing, log).done).rejects.toThrow('disk on fire');
  expect(log).not.toContainEqual(expect.stringContaining('commit'));
  expect(log.slice(-2)).toEqual(['close source', 'close sink']);
});

test('a failed checkpoint write fails the job before anything is committed', async () => {
  const log: string[] = [];
  const reader = memoryReader(three, log, { bounded: false });
  const { clock, store, done, running } = start(reader, memoryWriter(log), log);
  await running;
  store.write = async () => {
    throw new Error('ENOSPC');
  };
  const failed = expect(done).rejects.toThrow('Checkpoint 1 could not be written.');
  await clock.advance(10_000);
  await failed;
  expect(reader.committed).toEqual([]);
});

/** Makes the writes of a store wait until they are let through, one by one. */
function holdWrites(store: CheckpointStore): { readonly held: number[]; letThrough(): void } {
  const write = store.write.bind(store);
  const held: number[] = [];
  let release = Promise.withResolvers<void>();
  store.write = async (checkpoint) => {
    held.push(checkpoint.id);
    await release.promise;
    await write(checkpoint);
  };
  return {
    held,
    letThrough() {
      release.resolve();
      release = Promise.withResolvers();
    },
  };
}

/** An attempt that has been told to write its first timed checkpoint, which is held. */
async function startWithHeldCheckpoint() {
  const reader = memoryReader(three, [], { bounded: false });
  const { clock, store, attempt, done, running } = start(reader, memoryWriter(), []);
  await running;
  await clock.advance(0);
  const { held, letThrough } = holdWrites(store);
  await clock.advance(10_000);
  expect(held).toEqual([1]);
  return { reader, clock, store, attempt, done, held, letThrough };
}

test('the last checkpoint is the only one that is written at its time', async () => {
  const { clock, attempt, done, held, letThrough } = await startWithHeldCheckpoint();
  attempt.stop();
  await clock.advance(1);
  letThrough();
  await clock.advance(1);
  expect(held).toEqual([1, 2]);
  await clock.advance(10_000); // another one would be due
  expect(held).toEqual([1, 2]);
  letThrough();
  await done;
  expect(clock.pending).toBe(0);
});

test('an attempt that failed is over when its checkpoint is written: the next one goes on from there', async () => {
  const { reader, clock, store, attempt, done, letThrough } = await startWithHeldCheckpoint();
  let ended: unknown = null;
  const end = done.catch((error: unknown) => {
    ended = error;
  });
  attempt.fail(new Error('connection lost'));
  await clock.advance(1);
  expect(ended).toBeNull();
  letThrough();
  await end;
  expect(ended).toEqual(new Error('connection lost'));
  expect(reader.committed).toEqual([]);
  expect(store.written.map(({ id }) => id)).toEqual([0, 1]);
});

test('a restored attempt goes on at the position, with the next number', async () => {
  const log: string[] = [];
  const restored: Checkpoint = {
    id: 4,
    time: 0,
    fingerprint: 'f',
    positions: [{ next: 2 }],
    state: new Map(),
  };
  await start(memoryReader(three, log), memoryWriter(log), log, restored).done;
  expect(log.slice(0, 4)).toEqual(['open 2', 'poll 2', 'flush end', 'write 5 at 3']);
});

test('a checkpoint of another plan is refused', async () => {
  const restored: Checkpoint = { id: 4, time: 0, fingerprint: 'other', positions: [], state: new Map() };
  await expect(start(memoryReader(three), memoryWriter(), [], restored).done).rejects.toThrow('another plan');
});

test('a failure reported from outside ends a job that waits for input', async () => {
  const log: string[] = [];
  const { attempt, done, running } = start(
    memoryReader(three, log, { bounded: false }),
    memoryWriter(log),
    log,
  );
  await running;
  attempt.fail(new Error('connection lost'));
  await expect(done).rejects.toThrow('connection lost');
  expect(log).not.toContainEqual(expect.stringContaining('commit'));
});
