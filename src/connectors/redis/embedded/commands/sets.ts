// Sets.
import type { Call, CommandTable } from '../command.ts';
import { type Out, SetReply } from '../replies.ts';
import { scanArgs } from './keys.ts';
import { scanCollection } from './scan-collection.ts';

function sadd({ db }: Call, key: string, ...members: string[]): Out {
  const set = db.getOrCreate(key, 'set');
  let added = 0;
  for (const member of members) if (set.set(member, true)) added++;
  if (added > 0) db.changed(key, set.size);
  return added;
}

function srem({ db }: Call, key: string, ...members: string[]): Out {
  const set = db.get(key, 'set');
  if (set === undefined) return 0;
  let removed = 0;
  for (const member of members) if (set.delete(member)) removed++;
  if (removed > 0) db.changed(key, set.size);
  return removed;
}

export const setCommands: CommandTable = {
  sadd: { arity: -3, run: sadd },
  srem: { arity: -3, run: srem },
  smembers: { arity: 2, run: ({ db }, key: string) => new SetReply([...(db.get(key, 'set')?.keys() ?? [])]) },
  sismember: {
    arity: 3,
    run: ({ db }, key: string, member: string) => (db.get(key, 'set')?.has(member) ? 1 : 0),
  },
  smismember: {
    arity: -3,
    run: ({ db }, key: string, ...members) => {
      const set = db.get(key, 'set');
      return members.map((member) => (set?.has(member) ? 1 : 0));
    },
  },
  scard: { arity: 2, run: ({ db }, key: string) => db.get(key, 'set')?.size ?? 0 },
  sscan: {
    arity: -3,
    run: ({ db }, key: string, cursor: string, ...rest) => {
      const args = scanArgs(cursor, rest);
      return scanCollection(db.get(key, 'set'), args, (member) => [member]);
    },
  },
};
