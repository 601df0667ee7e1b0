import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SinkWriter } from '../../../../src/connector/sink.ts';
import { messageIdentity } from '../../../../src/connectors/upsert-kafka/message-identity.ts';
import { ReducingWriter } from '../../../../src/connectors/upsert-kafka/reducing-writer.ts';
import { jsonFormat } from '../../../../src/formats/json/format.ts';
import { STRING } from '../../../../src/types/logical-type.ts';
import { kindAt, type RowBatch, RowKind, rowKindShort } from '../../../../src/types/row.ts';
import { encoderOf } from '../../../support/formats.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { testRuntime } from '../../../support/redis-table.ts';

/** Notes what is written; a gate makes it answer later. */
class Written implements SinkWriter {
  readonly changes: string[] = [];
  flushed = 0;
  busy = false;
  gate: PromiseWithResolvers<void> | null = null;
  failure: Error | null = null;

  async open() {}
  write(batch: RowBatch): void | Promise<void> {
    if (this.failure !== null) throw this.failure;
    expect(this.busy).toBe(false);
    batch.rows.forEach((row, i) => {
      this.changes.push(`${rowKindShort(kindAt(batch, i))}[${row.join(', ')}]`);
    });
    if (this.gate === null) return;
    this.busy = true;
    return this.gate.promise.then(() => {
      this.busy = false;
    });
  }
  async flush() {
    this.flushed++;
  }
  async close() {}
}

const identity = messageIdentity(encoderOf(jsonFormat, [{ name: 'k', type: STRING }]), [0], null);

function make(maxRows: number, intervalMs = 1000) {
  const clock = new ManualClock();
  const runtime = testRuntime(clock);
  const inner = new Written();
  return {
    clock,
    runtime,
    inner,
    writer: new ReducingWriter(inner, identity, { maxRows, intervalMs }, runtime),
  };
}
const batch = (...changes: [kind: RowKind, ...row: string[]][]): RowBatch => ({
  rows: changes.map(([, ...row]) => row),
  kinds: Uint8Array.from(changes, ([kind]) => kind),
});
const { INSERT, UPDATE_AFTER, UPDATE_BEFORE, DELETE } = RowKind;

test('the last change of each key, when as many keys have changed', async () => {
  const { writer, inner } = make(3);
  await writer.write(
    batch([INSERT, 'a', '1'], [INSERT, 'b', '1'], [UPDATE_AFTER, 'a', '2'], [DELETE, 'b', '1']),
  );
  expect(inner.changes).toEqual([]);
  await writer.write(batch([INSERT, 'c', '1'], [INSERT, 'd', '1']));
  expect(inner.changes).toEqual(['+U[a, 2]', '-D[b, 1]', '+I[c, 1]']);
  await writer.flush(false);
  expect(inner.changes.slice(3)).toEqual(['+I[d, 1]']);
  expect(inner.flushed).toBe(1);
});

test('after the interval, counted from the first change', async () => {
  const { writer, inner, clock } = make(100);
  await writer.write(batch([INSERT, 'a', '1']));
  await clock.advance(600);
  await writer.write(batch([UPDATE_AFTER, 'a', '2']));
  await clock.advance(399);
  expect(inner.changes).toEqual([]);
  await clock.advance(1);
  expect(inner.changes).toEqual(['+U[a, 2]']);
  await clock.advance(5000);
  expect(inner.changes).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

test('what the timer has sent makes room before the next change', async () => {
  const { writer, inner, clock } = make(2);
  await writer.write(batch([INSERT, 'a', '1']));
  inner.gate = Promise.withResolvers();
  await clock.advance(1000);
  const next = writer.write(batch([INSERT, 'a', '2'], [INSERT, 'b', '1']));
  expect(next).toBeInstanceOf(Promise);
  const { resolve } = inner.gate;
  inner.gate = null;
  resolve();
  await next;
  await writer.flush(true);
  expect(inner.changes).toEqual(['+I[a, 1]', '+I[a, 2]', '+I[b, 1]']);
});

test('a failure behind the timer fails the job; nothing is written after the end', async () => {
  const { writer, inner, clock, runtime } = make(2);
  inner.failure = new Error('no');
  await writer.write(batch([INSERT, 'a', '1']));
  await clock.advance(1000);
  expect(runtime.failures).toEqual([inner.failure]);
  inner.failure = null;
  await writer.write(batch([INSERT, 'a', '1']));
  await writer.close();
  await clock.advance(1000);
  expect(inner.changes).toEqual([]);
});

test('messages of several topics do not replace each other', () => {
  const byTopic = messageIdentity(encoderOf(jsonFormat, [{ name: 'k', type: STRING }]), [0], 1);
  expect(byTopic(['a', 't1'])).not.toBe(byTopic(['a', 't2']));
  expect(byTopic(['a', 't1', 1])).toBe(byTopic(['a', 't1', 2]));
});

test('law: the last change of each key does not depend on the buffer', async () => {
  const change = fc.tuple(
    fc.constantFrom(INSERT, UPDATE_AFTER, UPDATE_BEFORE, DELETE),
    fc.constantFrom('a', 'b', 'ü', ''),
    fc.constantFrom('1', '2'),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 6 }),
      async (batches, maxRows) => {
        const { writer, inner, clock } = make(maxRows, 1);
        const expected = new Map<string, string>();
        for (const changes of batches) {
          await writer.write(batch(...changes));
          for (const [kind, ...row] of changes)
            expected.set(row[0], `${rowKindShort(kind)}[${row.join(', ')}]`);
          if (changes.length % 2 === 0) await clock.advance(1);
        }
        await writer.flush(true);
        const last = new Map<string, string>();
        for (const text of inner.changes) last.set(keyOf(text), text);
        expect(last).toEqual(new Map([...expected.values()].map((text) => [keyOf(text), text])));
      },
    ),
    { numRuns: 50 },
  );
});

function keyOf(change: string): string {
  return change.slice(3).split(',')[0]!;
}
