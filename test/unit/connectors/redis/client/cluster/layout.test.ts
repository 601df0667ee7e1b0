import { expect, test } from 'vitest';
import { layoutOf } from '../../../../../../src/connectors/redis/client/cluster/layout.ts';
import { RedisReplyError } from '../../../../../../src/connectors/redis/client/port.ts';

/** CLUSTER NODES as `a` answers it. */
const nodes = (epoch: number, pong: number, slots: string) =>
  `b 127.0.0.1:2@12 master - 0 ${pong} 2 connected 8000-16383\na 127.0.0.1:1@11 myself,master - 0 ${pong} ${epoch} connected ${slots}\n`;

test('what a master says of itself: slots and epoch count, times of pings do not', () => {
  const before = layoutOf([nodes(1, 100, '0-7999')]);
  expect(before.moving).toBe(false);
  expect(layoutOf([nodes(1, 200, '0-7999')])).toEqual(before);
  expect(layoutOf([nodes(1, 100, '0-7998')])).not.toEqual(before);
  expect(layoutOf([nodes(3, 100, '0-7999')])).not.toEqual(before); // away and back
});

test('slots on their way', () => {
  expect(layoutOf([nodes(1, 1, '0-7999 [42->-b]')]).moving).toBe(true);
  expect(layoutOf([nodes(1, 1, '0-7999 [9000-<-b]')]).moving).toBe(true);
});

test('the order of the masters does not matter; who may not be asked tells nothing', () => {
  const other = 'c 127.0.0.1:3@13 myself,master - 0 1 1 connected 1-2';
  const both = [nodes(1, 1, '0'), other];
  expect(layoutOf(both)).toEqual(layoutOf(both.toReversed()));
  const refused = new RedisReplyError('NOPERM this user has no permissions to run the command');
  expect(layoutOf([refused, refused])).toEqual(layoutOf([refused, refused]));
  expect(layoutOf([refused]).moving).toBe(false);
});
