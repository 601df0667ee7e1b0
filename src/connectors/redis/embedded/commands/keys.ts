// Keys whatever they hold, and whole databases.
import { type Call, type CommandTable, Options, syntaxError } from '../command.ts';
import { globMatcher } from '../glob.ts';
import { indexArg } from '../numbers.ts';
import { CommandError, OK, type Out, Status } from '../replies.ts';

/** What the SCAN family shares: `cursor [MATCH pattern] [COUNT n] [TYPE t]`. */
export interface ScanArgs {
  readonly cursor: number;
  readonly matches: (text: string) => boolean;
  readonly count: number;
  readonly type: string | null;
}

export function scanArgs(cursorText: string, rest: readonly string[], withType = false): ScanArgs {
  if (!/^[+-]?\d*$/.test(cursorText) || cursorText.length > 20) throw new CommandError('ERR invalid cursor');
  let pattern = '*';
  let count = 10;
  let type: string | null = null;
  const options = new Options(rest);
  while (!options.done) {
    const option = options.name();
    if (option === 'MATCH') pattern = options.value();
    else if (option === 'COUNT') {
      count = indexArg(options.value());
      if (count < 1) throw syntaxError();
    } else if (option === 'TYPE' && withType) type = options.value().toLowerCase();
    else throw syntaxError();
  }
  return { cursor: Math.max(0, Number(cursorText)), matches: globMatcher(pattern), count, type };
}

function scan({ db }: Call, cursorText: string, ...rest: string[]): Out {
  const { cursor, matches, count, type } = scanArgs(cursorText, rest, true);
  const step = db.scan(cursor, count);
  const keys = step.keys.filter((key) => matches(key) && (type === null || db.typeOf(key) === type));
  return [String(step.cursor), keys];
}

function count(test: (call: Call, key: string) => boolean) {
  return (call: Call, ...keys: string[]): Out => keys.filter((key) => test(call, key)).length;
}

function rename(call: Call, from: string, to: string): boolean {
  if (!call.db.has(from)) throw new CommandError('ERR no such key');
  if (call.name === 'renamenx' && call.db.has(to)) return false;
  if (from !== to) call.db.rename(from, to);
  return true;
}

function flush(all: boolean) {
  return ({ db, server }: Call, ...rest: string[]): Out => {
    if (rest.length > 1 || (rest[0] !== undefined && !/^a?sync$/i.test(rest[0]))) throw syntaxError();
    if (all) for (const each of server.databases) each.clear();
    else db.clear();
    return OK;
  };
}

const remove = count(({ db }, key) => db.delete(key));
const exists = count(({ db }, key) => db.has(key));

export const keyCommands: CommandTable = {
  del: { arity: -2, run: remove },
  unlink: { arity: -2, run: remove },
  exists: { arity: -2, run: exists },
  touch: { arity: -2, run: exists },
  type: { arity: 2, run: ({ db }, key: string) => new Status(db.typeOf(key)) },
  keys: { arity: 2, run: ({ db }, pattern: string) => db.keys().filter(globMatcher(pattern)) },
  scan: { arity: -2, run: scan },
  randomkey: {
    arity: 1,
    run: ({ db }) => {
      const keys = db.keys();
      return keys[Math.floor(Math.random() * keys.length)] ?? null;
    },
  },
  rename: {
    arity: 3,
    run: (call, from: string, to: string) => {
      rename(call, from, to);
      return OK;
    },
  },
  renamenx: { arity: 3, run: (call, from: string, to: string) => (rename(call, from, to) ? 1 : 0) },
  dbsize: { arity: 1, run: ({ db }) => db.size },
  flushdb: { arity: -1, run: flush(false) },
  flushall: { arity: -1, run: flush(true) },
};
