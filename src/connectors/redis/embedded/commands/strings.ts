// Strings, and numbers in them.
import { type Call, type CommandTable, Options, syntaxError, wrongArity } from '../command.ts';
import { fits64, indexArg, integerArg } from '../numbers.ts';
import { CommandError, OK, type Out } from '../replies.ts';
import { expiryArg } from './expiry.ts';

const TTL_OPTIONS = new Set(['EX', 'PX', 'EXAT', 'PXAT']);
const MAX_STRING = 512 * 1024 * 1024;

function set(call: Call, key: string, value: string, ...rest: string[]): Out {
  const { db } = call;
  let only: 'NX' | 'XX' | null = null;
  let get = false;
  let keepTtl = false;
  let ttl: readonly [unit: string, text: string] | null = null;
  const options = new Options(rest);
  while (!options.done) {
    const option = options.name();
    if ((option === 'NX' || option === 'XX') && (only === null || only === option)) only = option;
    else if (option === 'GET') get = true;
    else if (option === 'KEEPTTL' && ttl === null) keepTtl = true;
    else if (TTL_OPTIONS.has(option) && ttl === null && !keepTtl) ttl = [option, options.value()];
    else throw syntaxError();
  }
  const expiresAt = ttl === null ? null : expiryArg(call, ttl[0], ttl[1]);
  const old = get ? (db.get(key, 'string') ?? null) : null;
  if ((only === 'NX' && db.has(key)) || (only === 'XX' && !db.has(key))) return get ? old : null;
  db.setString(key, value, keepTtl);
  if (expiresAt !== null) db.expire(key, expiresAt);
  return get ? old : OK;
}

function setWithTtl(unit: 'EX' | 'PX') {
  return (call: Call, key: string, ttl: string, value: string): Out => {
    const expiresAt = expiryArg(call, unit, ttl);
    call.db.setString(key, value);
    call.db.expire(key, expiresAt);
    return OK;
  };
}

function getex(call: Call, key: string, ...rest: string[]): Out {
  const { db } = call;
  let persist = false;
  let ttl: readonly [unit: string, text: string] | null = null;
  const options = new Options(rest);
  while (!options.done) {
    const option = options.name();
    if (option === 'PERSIST' && ttl === null) persist = true;
    else if (TTL_OPTIONS.has(option) && ttl === null && !persist) ttl = [option, options.value()];
    else throw syntaxError();
  }
  const value = db.get(key, 'string');
  if (value === undefined) return null;
  if (ttl !== null) db.expire(key, expiryArg(call, ttl[0], ttl[1]));
  else if (persist) db.expire(key, null);
  return value;
}

function add({ db }: Call, key: string, delta: bigint): Out {
  const old = integerArg(db.get(key, 'string') ?? '0');
  const value = old + delta;
  if (!fits64(value)) throw new CommandError('ERR increment or decrement would overflow');
  db.setString(key, String(value), true);
  return value;
}

function pairs(call: Call, args: readonly string[]): (readonly [string, string])[] {
  if (args.length % 2 !== 0) throw wrongArity(call.name);
  const found: (readonly [string, string])[] = [];
  for (let i = 0; i < args.length; i += 2) found.push([args[i]!, args[i + 1]!]);
  return found;
}

function getrange({ db }: Call, key: string, startText: string, endText: string): Out {
  let start = indexArg(startText);
  let end = indexArg(endText);
  const value = db.get(key, 'string') ?? '';
  if (start < 0 && end < 0 && start > end) return '';
  if (start < 0) start = Math.max(0, value.length + start);
  if (end < 0) end = Math.max(0, value.length + end);
  return value.slice(start, end + 1);
}

function setrange({ db }: Call, key: string, offsetText: string, part: string): Out {
  const offset = indexArg(offsetText);
  if (offset < 0) throw new CommandError('ERR offset is out of range');
  const value = db.get(key, 'string') ?? '';
  if (part === '') return value.length;
  if (offset + part.length > MAX_STRING) {
    throw new CommandError('ERR string exceeds maximum allowed size (proto-max-bulk-len)');
  }
  const head = value.slice(0, offset).padEnd(offset, '\0');
  const changed = head + part + value.slice(offset + part.length);
  db.setString(key, changed, true);
  return changed.length;
}

export const stringCommands: CommandTable = {
  get: { arity: 2, run: ({ db }, key: string) => db.get(key, 'string') ?? null },
  set: { arity: -3, run: set },
  setnx: {
    arity: 3,
    run: ({ db }, key: string, value: string) => {
      if (db.has(key)) return 0;
      db.setString(key, value);
      return 1;
    },
  },
  setex: { arity: 4, run: setWithTtl('EX') },
  psetex: { arity: 4, run: setWithTtl('PX') },
  getset: {
    arity: 3,
    run: ({ db }, key: string, value: string) => {
      const old = db.get(key, 'string') ?? null;
      db.setString(key, value);
      return old;
    },
  },
  getdel: {
    arity: 2,
    run: ({ db }, key: string) => {
      const old = db.get(key, 'string') ?? null;
      db.delete(key);
      return old;
    },
  },
  getex: { arity: -2, run: getex },
  mget: {
    arity: -2,
    run: ({ db }, ...keys) =>
      keys.map((key) => (db.typeOf(key) === 'string' ? (db.get(key, 'string') ?? null) : null)),
  },
  mset: {
    arity: -3,
    run: (call, ...args) => {
      for (const [key, value] of pairs(call, args)) call.db.setString(key, value);
      return OK;
    },
  },
  msetnx: {
    arity: -3,
    run: (call, ...args) => {
      const all = pairs(call, args);
      if (all.some(([key]) => call.db.has(key))) return 0;
      for (const [key, value] of all) call.db.setString(key, value);
      return 1;
    },
  },
  append: {
    arity: 3,
    run: ({ db }, key: string, part: string) => {
      const value = (db.get(key, 'string') ?? '') + part;
      db.setString(key, value, true);
      return value.length;
    },
  },
  strlen: { arity: 2, run: ({ db }, key: string) => db.get(key, 'string')?.length ?? 0 },
  getrange: { arity: 4, run: getrange },
  setrange: { arity: 4, run: setrange },
  incr: { arity: 2, run: (call, key: string) => add(call, key, 1n) },
  decr: { arity: 2, run: (call, key: string) => add(call, key, -1n) },
  incrby: { arity: 3, run: (call, key: string, by: string) => add(call, key, integerArg(by)) },
  decrby: {
    arity: 3,
    run: (call, key: string, by: string) => {
      const delta = integerArg(by);
      if (!fits64(-delta)) throw new CommandError('ERR decrement would overflow');
      return add(call, key, -delta);
    },
  },
};
