// Sorted sets: members and their scores. Ranges are in sorted-set-ranges.ts.
import { type Call, type CommandTable, syntaxError } from '../command.ts';
import { doubleArg, formatDouble, indexArg } from '../numbers.ts';
import { CommandError, Double, type Out } from '../replies.ts';
import type { SortedSetValue } from '../sorted-set-value.ts';
import { scanArgs } from './keys.ts';
import { scanCollection } from './scan-collection.ts';

export function scoreReply(score: number | undefined): Out {
  return score === undefined ? null : new Double(formatDouble(score));
}

interface AddFlags {
  readonly nx: boolean;
  readonly xx: boolean;
  readonly gt: boolean;
  readonly lt: boolean;
  readonly ch: boolean;
  readonly incr: boolean;
}

/** The flags of ZADD, and the pairs behind them. */
function addArgs(args: readonly string[]): { flags: AddFlags; pairs: [score: number, member: string][] } {
  const given = new Set<string>();
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at]!.toUpperCase();
    if (!['NX', 'XX', 'GT', 'LT', 'CH', 'INCR'].includes(word)) break;
    given.add(word);
  }
  const rest = args.slice(at);
  if (rest.length === 0 || rest.length % 2 !== 0) throw syntaxError();
  const [nx, xx, gt, lt] = ['NX', 'XX', 'GT', 'LT'].map((word) => given.has(word)) as [
    boolean,
    boolean,
    boolean,
    boolean,
  ];
  if (nx && xx) throw new CommandError('ERR XX and NX options at the same time are not compatible');
  if ((gt && nx) || (lt && nx) || (gt && lt)) {
    throw new CommandError('ERR GT, LT, and/or NX options at the same time are not compatible');
  }
  if (given.has('INCR') && rest.length > 2) {
    throw new CommandError('ERR INCR option supports a single increment-element pair');
  }
  const pairs: [number, string][] = [];
  for (let i = 0; i < rest.length; i += 2) pairs.push([doubleArg(rest[i]!), rest[i + 1]!]);
  return { flags: { nx, xx, gt, lt, ch: given.has('CH'), incr: given.has('INCR') }, pairs };
}

/** The member's new score; null when the flags forbid the change. */
function newScore(old: number | undefined, given: number, flags: AddFlags): number | null {
  if (old === undefined) return flags.xx ? null : given;
  if (flags.nx) return null;
  const score = flags.incr ? old + given : given;
  if (Number.isNaN(score)) throw new CommandError('ERR resulting score is not a number (NaN)');
  if ((flags.gt && score <= old) || (flags.lt && score >= old)) return null;
  return score;
}

function add({ db }: Call, key: string, pairs: readonly [number, string][], flags: AddFlags): Out {
  if (db.get(key, 'zset') === undefined && flags.xx) return flags.incr ? null : 0;
  const set = db.getOrCreate(key, 'zset');
  let added = 0;
  let updated = 0;
  let last: number | null = null;
  try {
    for (const [given, member] of pairs) {
      const old = set.score(member);
      last = newScore(old, given, flags);
      if (last === null) continue;
      set.set(member, last);
      if (old === undefined) added++;
      else if (old !== last) updated++;
    }
  } finally {
    if (added + updated > 0 || set.size === 0) db.changed(key, set.size);
  }
  if (flags.incr) return last === null ? null : scoreReply(last);
  return flags.ch ? added + updated : added;
}

const PLAIN: AddFlags = { nx: false, xx: false, gt: false, lt: false, ch: false, incr: false };

function zrem({ db }: Call, key: string, ...members: string[]): Out {
  const set = db.get(key, 'zset');
  if (set === undefined) return 0;
  let removed = 0;
  for (const member of members) if (set.delete(member)) removed++;
  if (removed > 0) db.changed(key, set.size);
  return removed;
}

function zpop(lowest: boolean) {
  return ({ db, session }: Call, key: string, ...rest: string[]): Out => {
    if (rest.length > 1) throw syntaxError();
    const many = rest[0] !== undefined;
    const count = many ? indexArg(rest[0]!, 'ERR value is out of range, must be positive') : 1;
    if (count < 0) throw new CommandError('ERR value is out of range, must be positive');
    const set = db.get(key, 'zset');
    if (set === undefined) return [];
    const all = set.all();
    const popped = lowest ? all.slice(0, count) : all.slice(Math.max(0, all.length - count)).reverse();
    for (const { member } of popped) set.delete(member);
    if (popped.length > 0) db.changed(key, set.size);
    const pairs = popped.map(({ member, score }): Out[] => [member, scoreReply(score)]);
    return session.protocol === 3 && many ? pairs : pairs.flat();
  };
}

function rank(place: (set: SortedSetValue, rank: number) => number) {
  return ({ db }: Call, key: string, member: string): Out => {
    const set = db.get(key, 'zset');
    const found = set?.rank(member);
    return set === undefined || found === undefined ? null : place(set, found);
  };
}

export const sortedSetCommands: CommandTable = {
  zadd: {
    arity: -4,
    run: (call, key: string, ...args) => {
      const { flags, pairs } = addArgs(args);
      return add(call, key, pairs, flags);
    },
  },
  zincrby: {
    arity: 4,
    run: (call, key: string, by: string, member: string) =>
      add(call, key, [[doubleArg(by), member]], { ...PLAIN, incr: true }),
  },
  zrem: { arity: -3, run: zrem },
  zscore: {
    arity: 3,
    run: ({ db }, key: string, member: string) => scoreReply(db.get(key, 'zset')?.score(member)),
  },
  zmscore: {
    arity: -3,
    run: ({ db }, key: string, ...members) => {
      const set = db.get(key, 'zset');
      return members.map((member) => scoreReply(set?.score(member)));
    },
  },
  zcard: { arity: 2, run: ({ db }, key: string) => db.get(key, 'zset')?.size ?? 0 },
  zrank: { arity: 3, run: rank((_set, found) => found) },
  zrevrank: { arity: 3, run: rank((set, found) => set.size - 1 - found) },
  zpopmin: { arity: -2, run: zpop(true) },
  zpopmax: { arity: -2, run: zpop(false) },
  zscan: {
    arity: -3,
    run: ({ db }, key: string, cursor: string, ...rest) => {
      const args = scanArgs(cursor, rest);
      const set = db.get(key, 'zset');
      return scanCollection(set, args, (member) => [member, formatDouble(set!.score(member)!)]);
    },
  },
};
