// Exchanges between subtasks in one thread: the ports are real, and everything that is sent goes through them.
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { Distribution, ExchangeNode } from '../../../../src/plan/nodes.ts';
import { type ExchangeEnds, ExchangeHost } from '../../../../src/runtime/parallel/exchange-host.ts';
import { ChangelogMode } from '../../../../src/types/changelog-mode.ts';
import { INT, STRING } from '../../../../src/types/logical-type.ts';
import { batchOf, type Change, changesOf } from '../../../support/memory-tables.ts';

const schema = {
  fields: [
    { name: 'k', type: STRING },
    { name: 'n', type: INT },
  ],
};

function exchangeNode(distribution: Distribution, parallelism: number): ExchangeNode {
  const base = { schema, changelogMode: ChangelogMode.all, upsertKeys: [] };
  const input = { ...base, kind: 'values', tuples: [] } as const;
  return { ...base, kind: 'exchange', input, distribution, parallelism };
}

const hosts: ExchangeHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});

function hostsOf(count: number): ExchangeHost[] {
  const ports = Array.from({ length: count }, () => new Array<MessagePort | null>(count).fill(null));
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      const { port1, port2 } = new MessageChannel();
      ports[a]![b] = port1;
      ports[b]![a] = port2;
    }
  }
  const made = ports.map((own, index) => new ExchangeHost(index, own));
  hosts.push(...made);
  return made;
}

/** Reads until all senders have ended. */
async function readAll({ reader }: ExchangeEnds, max = 100): Promise<Change[]> {
  const changes: Change[] = [];
  for (;;) {
    const batch = await reader.poll(max);
    if (batch === null) return changes;
    changes.push(...changesOf(batch));
  }
}

/** Sends what each subtask has, in batches, and answers what has come to each. */
async function exchanged(
  distribution: Distribution,
  targets: number,
  sent: readonly (readonly (readonly Change[])[])[],
): Promise<Change[][]> {
  const ends = hostsOf(sent.length).map((host) =>
    host.connect(exchangeNode(distribution, targets), sent.length),
  );
  const sending = ends.map(async ({ sender }, i) => {
    for (const batch of sent[i]!) await sender.process(batchOf(batch));
    await sender.drain!(true);
  });
  const read = await Promise.all(ends.map((end) => readAll(end)));
  await Promise.all(sending);
  return read;
}

const change = fc.tuple(
  fc.constantFrom(0, 1, 2, 3),
  fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', null), fc.nat(9)),
);
const sent = fc
  .array(fc.array(fc.array(change, { minLength: 1, maxLength: 8 }), { maxLength: 5 }), {
    minLength: 1,
    maxLength: 4,
  })
  // Each change tells where it comes from and when.
  .map((subtasks) =>
    subtasks.map((batches, from) => {
      let n = 0;
      return batches.map((batch) => batch.map(([kind, [k]]): Change => [kind, [k, from * 1000 + n++]]));
    }),
  );

test('hash: nothing is lost, a key comes to one subtask, in the order of each sender', async () => {
  await fc.assert(
    fc.asyncProperty(sent, fc.integer({ min: 1, max: 4 }), async (subtasks, most) => {
      const targets = Math.min(most, subtasks.length);
      const arrived = await exchanged({ kind: 'hash', keys: [0] }, targets, subtasks);
      const all = subtasks.flat(2);
      expect(arrived.flat().sort(byNumber)).toEqual([...all].sort(byNumber));
      for (const key of new Set(all.map(([, [k]]) => k))) {
        const places = arrived.filter((changes) => changes.some(([, [k]]) => k === key));
        expect(places).toHaveLength(1);
        for (let from = 0; from < subtasks.length; from++) {
          const own = places[0]!.filter(
            ([, [k, n]]) => k === key && Math.floor((n as number) / 1000) === from,
          );
          expect(own).toEqual([...own].sort(byNumber));
        }
      }
    }),
    { numRuns: 60 },
  );
});

function byNumber([, [, a]]: Change, [, [, b]]: Change): number {
  return (a as number) - (b as number);
}

const inserts = (from: number, count: number): Change[] =>
  Array.from({ length: count }, (_, i) => [0, [`k${i}`, from + i]]);

test('single: all come to the first', async () => {
  const arrived = await exchanged({ kind: 'single' }, 1, [
    [inserts(0, 3)],
    [inserts(10, 3), inserts(20, 3)],
    [],
  ]);
  expect(arrived.map((changes) => changes.length)).toEqual([9, 0, 0]);
});

test('rebalance: batches in turn, each sender beginning with another subtask', async () => {
  const batches = (from: number) => [inserts(from, 1), inserts(from + 1, 1), inserts(from + 2, 1)];
  const arrived = await exchanged({ kind: 'rebalance' }, 3, [batches(0), batches(10), batches(20)]);
  expect(arrived.map((changes) => changes.map(([, [, n]]) => n).sort())).toEqual([
    [0, 12, 21],
    [1, 10, 22],
    [11, 2, 20],
  ]);
});

test('a sender waits when too much is under way, and goes on when it is processed', async () => {
  const [first, second] = hostsOf(2);
  const node = exchangeNode({ kind: 'hash', keys: [0] }, 2);
  const a = first!.connect(node, 2);
  const b = second!.connect(node, 2);
  let wait: Promise<void> | null = null;
  let sent = 0;
  while (wait === null) {
    expect(sent).toBeLessThan(100_000);
    wait = a.sender.process(batchOf(inserts(sent, 1000))) ?? null;
    sent += 1000;
  }
  let room = false;
  const waiting = wait.then(() => {
    room = true;
  });
  // Given out is not processed yet.
  const head = [await a.reader.poll(1), await b.reader.poll(1)];
  expect(room).toBe(false);
  const rest = [readAll(a), readAll(b)];
  await waiting;
  await Promise.all([a.sender.drain!(true), b.sender.drain!(true)]);
  const tail = (await Promise.all(rest)).flat();
  expect(head.reduce((n, batch) => n + batch!.rows.length, tail.length)).toBe(sent);
});

test('draining waits until what was sent is processed on the other side, not only received', async () => {
  const [first, second] = hostsOf(2);
  const node = exchangeNode({ kind: 'hash', keys: [0] }, 2);
  const a = first!.connect(node, 2);
  const b = second!.connect(node, 2);
  await a.sender.process(batchOf(inserts(0, 20)));
  let drained = false;
  const draining = (async () => {
    await a.sender.drain!(false);
    drained = true;
  })();
  expect((await a.reader.poll(100))!.rows.length).toBeGreaterThan(0);
  expect((await b.reader.poll(100))!.rows.length).toBeGreaterThan(0);
  await new Promise(setImmediate);
  expect(drained).toBe(false);
  // Whoever asks for more has processed what it was given.
  const [more, evenMore] = [a.reader.poll(100), b.reader.poll(100)];
  await draining;
  a.reader.wakeUp();
  b.reader.wakeUp();
  expect([(await more)!.rows, (await evenMore)!.rows]).toEqual([[], []]);
});

test('small batches that come together are read together, with their kinds', async () => {
  const [host] = hostsOf(1);
  const { sender, reader } = host!.forward({ schema });
  await sender.process(batchOf([[0, ['a', 1]]]));
  await sender.process(
    batchOf([
      [1, ['a', 1]],
      [2, ['a', 2]],
    ]),
  );
  await sender.process(batchOf([[0, ['b', 3]]]));
  const batch = (await reader.poll(3))!;
  expect(changesOf(batch)).toEqual([
    [0, ['a', 1]],
    [1, ['a', 1]],
    [2, ['a', 2]],
  ]);
  expect(changesOf((await reader.poll(3))!)).toEqual([[0, ['b', 3]]]);
});

test('closing lets a waiting sender go', async () => {
  const [host] = hostsOf(1);
  const { sender, reader } = host!.forward({ schema });
  await sender.process(batchOf(inserts(0, 5)));
  const draining = sender.drain!(true);
  await host!.close();
  await draining;
  expect(await reader.poll(10)).not.toBeNull();
});
