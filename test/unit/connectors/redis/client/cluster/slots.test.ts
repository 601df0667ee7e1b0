// Keys to slots, commands to slots, commands of several slots cut and joined.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANY, commandSlots } from '../../../../../../src/connectors/redis/client/cluster/command-slots.ts';
import { parseRedirect } from '../../../../../../src/connectors/redis/client/cluster/redirect.ts';
import { slotOf, slotOfKey } from '../../../../../../src/connectors/redis/client/cluster/slots.ts';
import { splitBySlot } from '../../../../../../src/connectors/redis/client/cluster/split.ts';
import { CommandBatch } from '../../../../../../src/connectors/redis/client/command-batch.ts';
import { RedisReplyError, type Reply } from '../../../../../../src/connectors/redis/client/port.ts';

/** CRC16 bit by bit, as the cluster specification gives it. */
function plainSlot(key: Uint8Array): number {
  const open = key.indexOf(123);
  const close = open < 0 ? -1 : key.indexOf(125, open + 1);
  const hashed = close > open + 1 ? key.subarray(open + 1, close) : key;
  let crc = 0;
  for (const byte of hashed) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc % 16_384;
}

function batchOf(commands: readonly (readonly string[])[]): CommandBatch {
  const batch = new CommandBatch();
  for (const command of commands) batch.add(command);
  return batch;
}

function slotsOf(commands: readonly (readonly string[])[]): number[] {
  const slots = new Uint16Array(commands.length);
  commandSlots(batchOf(commands), slots);
  return [...slots];
}

describe('the slot of a key', () => {
  it.each([
    ['123456789', 12_739],
    ['foo', 12_182],
    ['', 0],
    ['{user1000}.following', 3443],
    ['{user1000}.followers', 3443],
    ['foo{}{bar}', 8363],
    ['foo{{bar}}zap', 4015],
    ['foo{bar}{zap}', 5061],
  ])('%s', (key, slot) => {
    expect(slotOfKey(key)).toBe(slot);
  });

  it('is the one of the specification, whatever the bytes', () => {
    const bytes = fc.array(fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(123, 125)));
    fc.assert(
      fc.property(bytes, fc.nat(5), (key, before) => {
        const framed = Uint8Array.from([...new Array(before).fill(123), ...key, 125, 1]);
        expect(slotOf(framed, before, before + key.length)).toBe(plainSlot(Uint8Array.from(key)));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the slots of commands', () => {
  it('are those of the first key; commands without one go anywhere', () => {
    expect(
      slotsOf([
        ['SET', 'foo', 'x'.repeat(2_000)],
        ['PING'],
        ['HSET', 'größe', 'f', 'v'],
        ['SCAN', 'foo'],
        ['EVAL', 'foo', '0'],
        ['del', '{foo}1', '{foo}2'],
        ['HSET', 'foo', ...Array.from({ length: 40 }, (_, i) => String(i))],
      ]),
    ).toEqual([12_182, ANY, slotOfKey('größe'), ANY, 12_182, 12_182, 12_182]);
  });

  it('are one in a transaction', () => {
    const slot = slotOfKey('k');
    expect(
      slotsOf([['SET', 'foo', '1'], ['MULTI'], ['SET', 'k', '1'], ['PEXPIRE', 'k', '5'], ['EXEC'], ['PING']]),
    ).toEqual([12_182, slot, slot, slot, slot, ANY]);
  });
});

describe('a command of several slots', () => {
  /** Answers as a cluster would, slot by slot. */
  function answer(batch: CommandBatch, data: ReadonlyMap<string, string>): Reply[] {
    return Array.from({ length: batch.count }, (_, i) => {
      const [name, ...keys] = batch.commandAt(i);
      expect(new Set(keys.map(slotOfKey)).size).toBeLessThanOrEqual(1);
      if (name === 'MGET') return keys.map((key) => data.get(key) ?? null);
      if (name === 'EXISTS') return keys.filter((key) => data.has(key)).length;
      return data.get(keys[0]!) ?? null;
    });
  }

  it('is cut into one a slot, and its replies are joined in order', () => {
    const key = fc.constantFrom(...Array.from({ length: 30 }, (_, i) => `k${i}`), '{k1}x', '{k1}y');
    const command = fc.oneof(
      fc.record({ name: fc.constantFrom('MGET', 'EXISTS'), keys: fc.array(key, { minLength: 1 }) }),
      fc.record({ name: fc.constant('GET'), keys: fc.array(key, { minLength: 1, maxLength: 1 }) }),
    );
    fc.assert(
      fc.property(fc.array(command, { minLength: 1 }), fc.array(key), (commands, present) => {
        const data = new Map(present.map((k) => [k, `v${k}`]));
        const batch = batchOf(commands.map(({ name, keys }) => [name, ...keys]));
        const split = splitBySlot(batch);
        const replies = split === null ? answer(batch, data) : split.join(answer(split.batch, data));
        expect(replies).toEqual(
          commands.map(({ name, keys }) => {
            if (name === 'MGET') return keys.map((k) => data.get(k) ?? null);
            return name === 'EXISTS' ? keys.filter((k) => data.has(k)).length : (data.get(keys[0]!) ?? null);
          }),
        );
      }),
    );
  });

  it('stays as it is with one key, or one slot', () => {
    expect(
      splitBySlot(
        batchOf([
          ['DEL', 'a'],
          ['MGET', '{a}1', '{a}2'],
          ['HMGET', 'h', 'a', 'b'],
        ]),
      ),
    ).toBeNull();
  });

  it('MSET takes the values along; a refusal of a part is the reply', () => {
    const split = splitBySlot(
      batchOf([
        ['MSET', 'foo', '1', 'bar', '2', '{foo}', '3'],
        ['DEL', 'foo', 'bar'],
      ]),
    );
    const commands = Array.from({ length: split!.batch.count }, (_, i) => split!.batch.commandAt(i));
    expect(commands).toEqual([
      ['MSET', 'foo', '1', '{foo}', '3'],
      ['MSET', 'bar', '2'],
      ['DEL', 'foo'],
      ['DEL', 'bar'],
    ]);
    expect(split!.origins).toEqual([0, 0, 1, 1]);
    const refusal = new RedisReplyError('OOM command not allowed');
    expect(split!.join(['OK', refusal, 1, 1])).toEqual([refusal, 2]);
    expect(split!.join(['OK', 'OK', 1, 0])).toEqual(['OK', 1]);
  });
});

describe('a redirection', () => {
  it.each([
    ['MOVED 3999 127.0.0.1:6381', { ask: false, slot: 3999, host: '127.0.0.1', port: 6381 }],
    ['ASK 1 ::1:7000', { ask: true, slot: 1, host: '::1', port: 7000 }],
    ['MOVED 2 :7000', { ask: false, slot: 2, host: '', port: 7000 }],
    ['MOVED 2 ?:7000', { ask: false, slot: 2, host: '', port: 7000 }],
    ['MOVED 2 node-1.example:7000', { ask: false, slot: 2, host: 'node-1.example', port: 7000 }],
    ['ERR no', null],
    ['MOVED nonsense', null],
  ])('%s', (message, expected) => {
    expect(parseRedirect(new RedisReplyError(message))).toEqual(expected);
  });
});
