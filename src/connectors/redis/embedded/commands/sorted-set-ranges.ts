// Ranges of sorted sets: by place, by score, by the member's bytes.
import { type Call, type CommandTable, Options, syntaxError } from '../command.ts';
import { indexArg, parseDouble } from '../numbers.ts';
import { CommandError, type Out } from '../replies.ts';
import type { Scored } from '../sorted-set-value.ts';
import { range } from './lists.ts';
import { scoreReply } from './sorted-sets.ts';

type Test = (entry: Scored) => boolean;
type By = 'rank' | 'score' | 'lex';

interface RangeArgs {
  readonly by: By;
  readonly reverse: boolean;
  readonly withScores: boolean;
  readonly limit: readonly [offset: number, count: number] | null;
}

function scoreBounds(min: string, max: string): Test {
  const bound = (text: string) => {
    const exclusive = text.startsWith('(');
    const value = parseDouble(exclusive ? text.slice(1) : text);
    if (value === null) throw new CommandError('ERR min or max is not a float');
    return { value, exclusive };
  };
  const [low, high] = [bound(min), bound(max)];
  return ({ score }) =>
    (low.exclusive ? score > low.value : score >= low.value) &&
    (high.exclusive ? score < high.value : score <= high.value);
}

function lexBounds(min: string, max: string): Test {
  const side = (text: string, isLow: boolean): Test => {
    if (text === '-') return () => isLow;
    if (text === '+') return () => !isLow;
    const value = text.slice(1);
    if (text.startsWith('[')) return ({ member }) => (isLow ? member >= value : member <= value);
    if (text.startsWith('(')) return ({ member }) => (isLow ? member > value : member < value);
    throw new CommandError('ERR min or max not valid string range item');
  };
  const [low, high] = [side(min, true), side(max, false)];
  return (entry) => low(entry) && high(entry);
}

function reply(call: Call, entries: readonly Scored[], withScores: boolean): Out {
  if (!withScores) return entries.map(({ member }) => member);
  const pairs = entries.map(({ member, score }): Out[] => [member, scoreReply(score)]);
  return call.session.protocol === 3 ? pairs : pairs.flat();
}

function select(call: Call, key: string, from: string, to: string, args: RangeArgs): Out {
  let found: readonly Scored[];
  if (args.by === 'rank') {
    const [start, stop] = [indexArg(from), indexArg(to)];
    const all = call.db.get(key, 'zset')?.all() ?? [];
    const inOrder = args.reverse ? all.toReversed() : all;
    const places = range(start, stop, all.length);
    found = places === null ? [] : inOrder.slice(places[0], places[1] + 1);
  } else {
    const [min, max] = args.reverse ? [to, from] : [from, to];
    const test = args.by === 'score' ? scoreBounds(min, max) : lexBounds(min, max);
    found = (call.db.get(key, 'zset')?.all() ?? []).filter(test);
    if (args.reverse) found = found.toReversed();
    if (args.limit !== null) found = limited(found, ...args.limit);
  }
  return reply(call, found, args.withScores);
}

function limited(entries: readonly Scored[], offset: number, count: number): readonly Scored[] {
  if (offset < 0) return [];
  return count < 0 ? entries.slice(offset) : entries.slice(offset, offset + count);
}

/** @param fixed what the command's name says; null for ZRANGE, where words say it */
function rangeCommand(fixed: { readonly by: By; readonly reverse: boolean } | null) {
  return (call: Call, key: string, from: string, to: string, ...rest: string[]): Out => {
    let by = fixed?.by ?? 'rank';
    let reverse = fixed?.reverse ?? false;
    let withScores = false;
    let limit: [number, number] | null = null;
    const options = new Options(rest);
    while (!options.done) {
      const option = options.name();
      if (option === 'WITHSCORES') withScores = true;
      else if (option === 'LIMIT') limit = [indexArg(options.value()), indexArg(options.value())];
      else if (fixed === null && option === 'REV') reverse = true;
      else if (fixed === null && option === 'BYSCORE') by = 'score';
      else if (fixed === null && option === 'BYLEX') by = 'lex';
      else throw syntaxError();
    }
    if (limit !== null && by === 'rank') {
      throw new CommandError(
        'ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX',
      );
    }
    if (withScores && by === 'lex') {
      throw new CommandError('ERR syntax error, WITHSCORES not supported in combination with BYLEX');
    }
    return select(call, key, from, to, { by, reverse, withScores, limit });
  };
}

function removeRange(by: By) {
  return ({ db }: Call, key: string, from: string, to: string): Out => {
    const test = by === 'score' ? scoreBounds(from, to) : null;
    const [start, stop] = test === null ? [indexArg(from), indexArg(to)] : [0, -1];
    const set = db.get(key, 'zset');
    if (set === undefined) return 0;
    const places = range(start, stop, set.size);
    const chosen = places === null ? [] : set.all().slice(places[0], places[1] + 1);
    const removed = test === null ? chosen : chosen.filter(test);
    for (const { member } of removed) set.delete(member);
    if (removed.length > 0) db.changed(key, set.size);
    return removed.length;
  };
}

export const sortedSetRangeCommands: CommandTable = {
  zrange: { arity: -4, run: rangeCommand(null) },
  zrevrange: { arity: -4, run: rangeCommand({ by: 'rank', reverse: true }) },
  zrangebyscore: { arity: -4, run: rangeCommand({ by: 'score', reverse: false }) },
  zrevrangebyscore: { arity: -4, run: rangeCommand({ by: 'score', reverse: true }) },
  zcount: {
    arity: 4,
    run: ({ db }, key: string, min: string, max: string) => {
      const test = scoreBounds(min, max);
      return (db.get(key, 'zset')?.all() ?? []).filter(test).length;
    },
  },
  zremrangebyscore: { arity: 4, run: removeRange('score') },
  zremrangebyrank: { arity: 4, run: removeRange('rank') },
};
