// Hashes.
import { type Call, type CommandTable, wrongArity } from '../command.ts';
import { fits64, integerArg } from '../numbers.ts';
import type { OrderedMap } from '../ordered-map.ts';
import { CommandError, MapReply, OK, type Out } from '../replies.ts';
import { scanArgs } from './keys.ts';
import { scanCollection } from './scan-collection.ts';

function read({ db }: Call, key: string): OrderedMap<string> | undefined {
  return db.get(key, 'hash');
}

/** Sets fields; answers how many are new. */
function put(call: Call, key: string, args: readonly string[]): number {
  if (args.length % 2 !== 0) throw wrongArity(call.name);
  const hash = call.db.getOrCreate(key, 'hash');
  let added = 0;
  for (let i = 0; i < args.length; i += 2) if (hash.set(args[i]!, args[i + 1]!)) added++;
  call.db.changed(key, hash.size);
  return added;
}

function hdel(call: Call, key: string, ...fields: string[]): Out {
  const hash = read(call, key);
  if (hash === undefined) return 0;
  let removed = 0;
  for (const field of fields) if (hash.delete(field)) removed++;
  if (removed > 0) call.db.changed(key, hash.size);
  return removed;
}

function hincrby(call: Call, key: string, field: string, by: string): Out {
  const delta = integerArg(by);
  const hash = read(call, key);
  const old = integerArg(hash?.get(field) ?? '0', 'ERR hash value is not an integer');
  const value = old + delta;
  if (!fits64(value)) throw new CommandError('ERR increment or decrement would overflow');
  put(call, key, [field, String(value)]);
  return value;
}

export const hashCommands: CommandTable = {
  hset: { arity: -4, run: (call, key: string, ...args) => put(call, key, args) },
  hmset: {
    arity: -4,
    run: (call, key: string, ...args) => {
      put(call, key, args);
      return OK;
    },
  },
  hsetnx: {
    arity: 4,
    run: (call, key: string, field: string, value: string) => {
      if (read(call, key)?.has(field)) return 0;
      return put(call, key, [field, value]);
    },
  },
  hget: { arity: 3, run: (call, key: string, field: string) => read(call, key)?.get(field) ?? null },
  hmget: {
    arity: -3,
    run: (call, key: string, ...fields) => {
      const hash = read(call, key);
      return fields.map((field) => hash?.get(field) ?? null);
    },
  },
  hgetall: {
    arity: 2,
    run: (call, key: string) => new MapReply([...(read(call, key)?.pairs() ?? [])].flat()),
  },
  hdel: { arity: -3, run: hdel },
  hlen: { arity: 2, run: (call, key: string) => read(call, key)?.size ?? 0 },
  hexists: { arity: 3, run: (call, key: string, field: string) => (read(call, key)?.has(field) ? 1 : 0) },
  hkeys: { arity: 2, run: (call, key: string) => [...(read(call, key)?.keys() ?? [])] },
  hvals: {
    arity: 2,
    run: (call, key: string) => [...(read(call, key)?.pairs() ?? [])].map(([, value]) => value),
  },
  hstrlen: { arity: 3, run: (call, key: string, field: string) => read(call, key)?.get(field)?.length ?? 0 },
  hincrby: { arity: 4, run: hincrby },
  hscan: {
    arity: -3,
    run: (call, key: string, cursor: string, ...rest) => {
      const args = scanArgs(cursor, rest);
      const hash = read(call, key);
      return scanCollection(hash, args, (field) => [field, hash?.get(field) ?? '']);
    },
  },
};
