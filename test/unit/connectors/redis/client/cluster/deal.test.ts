// Every command goes to the owner of its slot, none is lost, and each server gets its own in order.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Dealer } from '../../../../../../src/connectors/redis/client/cluster/deal.ts';
import { SLOTS, slotOfKey } from '../../../../../../src/connectors/redis/client/cluster/slots.ts';
import { NOBODY } from '../../../../../../src/connectors/redis/client/cluster/topology.ts';
import { CommandBatch } from '../../../../../../src/connectors/redis/client/command-batch.ts';

const owners = Uint16Array.from({ length: SLOTS }, (_, slot) => slot % 3);
const dealer = new Dealer();

it('deals a batch out, byte for byte', () => {
  const command = fc.tuple(
    fc.constantFrom('SET', 'HSET', 'PING'),
    fc.string({ unit: 'binary' }),
    fc.nat(200),
  );
  fc.assert(
    fc.property(fc.array(command, { minLength: 1, maxLength: 50 }), (commands) => {
      const batch = new CommandBatch();
      for (const [name, key, length] of commands)
        batch.add(name === 'PING' ? [name] : [name, key, 'x'.repeat(length)]);
      const shares = dealer.deal(batch, owners, null, 3)!;
      const seen: number[] = [];
      for (const { node, indexes, count, bytes } of shares) {
        const mine = indexes === null ? commands.map((_, i) => i) : [...indexes];
        expect(mine.length).toBe(count);
        expect(mine).toEqual([...mine].sort((a, b) => a - b));
        expect(Buffer.from(bytes)).toEqual(Buffer.concat(mine.map((i) => batch.bytes(i, i + 1))));
        for (const i of mine) {
          const [name, key] = commands[i]!;
          if (name !== 'PING') expect(owners[slotOfKey(key)]).toBe(node);
          seen.push(i);
        }
      }
      expect(seen.sort((a, b) => a - b)).toEqual(commands.map((_, i) => i));
    }),
  );
});

it('says when nobody serves a slot, and sends what is for one server there', () => {
  const batch = new CommandBatch();
  batch.add(['SET', 'foo', '1']);
  batch.add(['SET', 'bar', '1']);
  const holes = owners.slice();
  holes[slotOfKey('bar')] = NOBODY;
  expect(dealer.deal(batch, holes, null, 3)).toBeNull();
  expect(dealer.deal(batch, holes, 2, 3)).toMatchObject([{ node: 2, indexes: null, count: 2 }]);
});
