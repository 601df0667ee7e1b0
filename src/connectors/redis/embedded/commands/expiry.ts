// Times to live: how they are given, set, asked for and cleared.
import { type Call, type CommandTable, Options } from '../command.ts';
import { integerArg } from '../numbers.ts';
import { CommandError, type Out } from '../replies.ts';

const MAX_TIME = 2n ** 63n - 1n;

function invalidExpiry(name: string): CommandError {
  return new CommandError(`ERR invalid expire time in '${name}' command`);
}

/** The moment that EX, PX, EXAT or PXAT means, in milliseconds since the epoch. It must be positive. */
export function expiryArg(call: Call, unit: string, text: string): number {
  const given = integerArg(text);
  if (given <= 0n) throw invalidExpiry(call.name);
  return moment(call, unit, given);
}

function moment({ db, name }: Call, unit: string, given: bigint): number {
  const inMs = unit === 'EX' || unit === 'EXAT' ? given * 1000n : given;
  const at = unit === 'EX' || unit === 'PX' ? inMs + BigInt(db.now) : inMs;
  if (inMs > MAX_TIME || inMs < -MAX_TIME || at > MAX_TIME || at < -MAX_TIME) throw invalidExpiry(name);
  return Number(at);
}

function expireCommand(unit: 'EX' | 'PX' | 'EXAT' | 'PXAT') {
  return (call: Call, key: string, text: string, ...rest: string[]): Out => {
    const only = conditions(rest);
    const at = moment(call, unit, integerArg(text));
    const old = call.db.expiresAt(key);
    if (old === undefined) return 0;
    if (only.has('NX') && old !== null) return 0;
    if (only.has('XX') && old === null) return 0;
    if (only.has('GT') && (old === null || at <= old)) return 0;
    if (only.has('LT') && old !== null && at >= old) return 0;
    call.db.expire(key, at);
    return 1;
  };
}

function conditions(words: readonly string[]): Set<string> {
  const found = new Set<string>();
  const options = new Options(words);
  for (const word of words) {
    const option = options.name();
    if (!['NX', 'XX', 'GT', 'LT'].includes(option)) throw new CommandError(`ERR Unsupported option ${word}`);
    found.add(option);
  }
  if (found.has('NX') && found.size > 1) {
    throw new CommandError('ERR NX and XX, GT or LT options at the same time are not compatible');
  }
  if (found.has('GT') && found.has('LT')) {
    throw new CommandError('ERR GT and LT options at the same time are not compatible');
  }
  return found;
}

/** -2: no such key, -1: it does not expire. */
function ask(answer: (at: number, now: number) => number) {
  return ({ db }: Call, key: string): Out => {
    const at = db.expiresAt(key);
    if (at === undefined) return -2;
    return at === null ? -1 : answer(at, db.now);
  };
}

export const expiryCommands: CommandTable = {
  expire: { arity: -3, run: expireCommand('EX') },
  pexpire: { arity: -3, run: expireCommand('PX') },
  expireat: { arity: -3, run: expireCommand('EXAT') },
  pexpireat: { arity: -3, run: expireCommand('PXAT') },
  ttl: { arity: 2, run: ask((at, now) => Math.floor((at - now + 500) / 1000)) },
  pttl: { arity: 2, run: ask((at, now) => at - now) },
  expiretime: { arity: 2, run: ask((at) => Math.floor((at + 500) / 1000)) },
  pexpiretime: { arity: 2, run: ask((at) => at) },
  persist: {
    arity: 2,
    run: ({ db }, key: string) => {
      if (typeof db.expiresAt(key) !== 'number') return 0;
      db.expire(key, null);
      return 1;
    },
  },
};
