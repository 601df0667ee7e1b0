// Lists.
import { type Call, type CommandTable, syntaxError } from '../command.ts';
import type { ListValue } from '../list-value.ts';
import { indexArg } from '../numbers.ts';
import { CommandError, NIL_ARRAY, OK, type Out } from '../replies.ts';

type End = 'left' | 'right';

function push(end: End, onlyExisting = false) {
  return ({ db }: Call, key: string, ...values: string[]): Out => {
    if (onlyExisting && db.get(key, 'list') === undefined) return 0;
    const list = db.getOrCreate(key, 'list');
    for (const value of values) {
      if (end === 'left') list.pushLeft(value);
      else list.pushRight(value);
    }
    db.changed(key, list.length);
    return list.length;
  };
}

function pop(end: End) {
  return (call: Call, key: string, ...rest: string[]): Out => {
    if (rest.length > 1) throw new CommandError(`ERR wrong number of arguments for '${call.name}' command`);
    const { db } = call;
    const many = rest[0] !== undefined;
    const count = many ? indexArg(rest[0]!, 'ERR value is out of range, must be positive') : 1;
    if (count < 0) throw new CommandError('ERR value is out of range, must be positive');
    const list = db.get(key, 'list');
    if (list === undefined) return many ? NIL_ARRAY : null;
    const popped: string[] = [];
    while (popped.length < count && list.length > 0) {
      popped.push((end === 'left' ? list.popLeft() : list.popRight())!);
    }
    if (popped.length > 0) db.changed(key, list.length);
    return many ? popped : popped[0]!;
  };
}

/** The range that `start` and `stop` mean, negative ones counted from the end; null when it is empty. */
export function range(
  start: number,
  stop: number,
  length: number,
): readonly [from: number, to: number] | null {
  const from = Math.max(0, start < 0 ? length + start : start);
  const to = Math.min(length - 1, stop < 0 ? length + stop : stop);
  return from > to ? null : [from, to];
}

function lrange({ db }: Call, key: string, startText: string, stopText: string): Out {
  const [start, stop] = [indexArg(startText), indexArg(stopText)];
  const list = db.get(key, 'list');
  const found = list === undefined ? null : range(start, stop, list.length);
  return found === null ? [] : list!.range(...found);
}

function ltrim({ db }: Call, key: string, startText: string, stopText: string): Out {
  const [start, stop] = [indexArg(startText), indexArg(stopText)];
  const list = db.get(key, 'list');
  if (list === undefined) return OK;
  const kept = range(start, stop, list.length);
  list.replace(kept === null ? [] : list.range(...kept));
  db.changed(key, list.length);
  return OK;
}

function lrem({ db }: Call, key: string, countText: string, value: string): Out {
  const count = indexArg(countText);
  const list = db.get(key, 'list');
  if (list === undefined) return 0;
  const values = list.range(0, list.length - 1);
  if (count < 0) values.reverse();
  let left = count === 0 ? Number.POSITIVE_INFINITY : Math.abs(count);
  const kept = values.filter((each) => each !== value || left-- <= 0);
  if (count < 0) kept.reverse();
  const removed = values.length - kept.length;
  if (removed > 0) {
    list.replace(kept);
    db.changed(key, list.length);
  }
  return removed;
}

/** Position from the start for an index that may count from the end. */
function position(list: ListValue, index: number): number {
  return index < 0 ? list.length + index : index;
}

function lset({ db }: Call, key: string, indexText: string, value: string): Out {
  const list = db.get(key, 'list');
  if (list === undefined) throw new CommandError('ERR no such key');
  const at = position(list, indexArg(indexText));
  if (at < 0 || at >= list.length) throw new CommandError('ERR index out of range');
  list.put(at, value);
  db.changed(key, list.length);
  return OK;
}

function linsert({ db }: Call, key: string, where: string, pivot: string, value: string): Out {
  const before = where.toLowerCase() === 'before';
  if (!before && where.toLowerCase() !== 'after') throw syntaxError();
  const list = db.get(key, 'list');
  if (list === undefined) return 0;
  const values = list.range(0, list.length - 1);
  const at = values.indexOf(pivot);
  if (at < 0) return -1;
  values.splice(before ? at : at + 1, 0, value);
  list.replace(values);
  db.changed(key, list.length);
  return list.length;
}

export const listCommands: CommandTable = {
  lpush: { arity: -3, run: push('left') },
  rpush: { arity: -3, run: push('right') },
  lpushx: { arity: -3, run: push('left', true) },
  rpushx: { arity: -3, run: push('right', true) },
  lpop: { arity: -2, run: pop('left') },
  rpop: { arity: -2, run: pop('right') },
  llen: { arity: 2, run: ({ db }, key: string) => db.get(key, 'list')?.length ?? 0 },
  lindex: {
    arity: 3,
    run: ({ db }, key: string, indexText: string) => {
      const list = db.get(key, 'list');
      if (list === undefined) return null;
      return list.at(position(list, indexArg(indexText))) ?? null;
    },
  },
  lrange: { arity: 4, run: lrange },
  ltrim: { arity: 4, run: ltrim },
  lrem: { arity: 4, run: lrem },
  lset: { arity: 4, run: lset },
  linsert: { arity: 5, run: linsert },
};
