// Everything that a database of a Redis holds, in a form that can be compared.
import type { RedisReply } from '../../../scripts/services/index.mjs';
import { inDatabase } from '../../support/in-database.ts';
import type { SharedRedis } from '../../support/services.ts';

export interface Key {
  readonly type: string;
  readonly content: RedisReply;
  /** Hours that it still lives, rounded up; null: for ever. */
  readonly hoursToLive: number | null;
}

export type KeySpace = Readonly<Record<string, Key>>;

const READ: Readonly<Record<string, (key: string) => string[]>> = {
  string: (key) => ['GET', key],
  list: (key) => ['LRANGE', key, '0', '-1'],
  set: (key) => ['SMEMBERS', key],
  hash: (key) => ['HGETALL', key],
  zset: (key) => ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
};

/** Sets have no order, hashes none that counts. */
function ordered(type: string, reply: RedisReply): RedisReply {
  if (type === 'set') return [...(reply as string[])].sort();
  if (type !== 'hash') return reply;
  const flat = reply as string[];
  const pairs = flat.flatMap((field, i) => (i % 2 === 0 ? [[field, flat[i + 1]!]] : []));
  return pairs.sort(([a], [b]) => (a! < b! ? -1 : 1));
}

export async function keySpace(redis: SharedRedis): Promise<KeySpace> {
  const [names] = (await inDatabase(redis, [['KEYS', '*']])) as [string[]];
  names.sort();
  const types = (await inDatabase(
    redis,
    names.map((name) => ['TYPE', name]),
  )) as string[];
  const contents = await inDatabase(
    redis,
    names.map((name, i) => READ[types[i]!]!(name)),
  );
  const ttls = (await inDatabase(
    redis,
    names.map((name) => ['PTTL', name]),
  )) as number[];
  const keys = names.map((name, i): [string, Key] => {
    const ttl = ttls[i]!;
    const hoursToLive = ttl < 0 ? null : Math.ceil(ttl / 3_600_000);
    return [name, { type: types[i]!, content: ordered(types[i]!, contents[i]!), hoursToLive }];
  });
  return Object.fromEntries(keys);
}
