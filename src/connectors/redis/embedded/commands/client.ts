// CLIENT: connections as the server sees them.
import { type Call, type CommandTable, Options, syntaxError } from '../command.ts';
import { parseInteger } from '../numbers.ts';
import { CommandError, OK, type Out, Verbatim } from '../replies.ts';
import type { Session } from '../session.ts';
import { type Subcommands, subcommand } from './subcommands.ts';

export function checkClientName(name: string): string {
  if (/^[!-~]*$/.test(name)) return name;
  throw new CommandError('ERR Client names cannot contain spaces, newlines or special characters.');
}

function describe({ server }: Call, session: Session): string {
  const now = server.clock.now();
  const seconds = (since: number) => Math.floor((now - since) / 1000);
  const multi = session.queue === null ? -1 : session.queue.length;
  const flags = `${multi >= 0 ? 'x' : ''}${session.tracks ? 'tB' : ''}`;
  return (
    `id=${session.id} addr=${session.ends.address} laddr=${session.ends.localAddress} fd=8 name=${session.name} ` +
    `age=${seconds(session.createdAt)} idle=${seconds(session.lastCommandAt)} flags=${flags === '' ? 'N' : flags} ` +
    `db=${session.database} sub=0 psub=0 ssub=0 multi=${multi} qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=1024 rbp=0 ` +
    `obl=0 oll=0 omem=0 tot-mem=1024 events=r cmd=${session.lastCommand} user=default redir=-1 resp=${session.protocol}\n`
  );
}

function list(call: Call, ...words: string[]): Out {
  let sessions = [...call.server.sessions.values()];
  const option = words[0]?.toUpperCase();
  if (option === 'ID' && words.length > 1) {
    const ids = new Set(words.slice(1).map(clientId));
    sessions = sessions.filter(({ id }) => ids.has(id));
  } else if (option === 'TYPE' && words.length === 2) {
    if (clientType(words[1]!) !== 'normal') sessions = [];
  } else if (option !== undefined) throw syntaxError();
  return new Verbatim(sessions.map((session) => describe(call, session)).join(''));
}

function clientId(text: string): number {
  const id = parseInteger(text);
  if (id === null || id < 1n) throw new CommandError('ERR Invalid client ID');
  return Number(id);
}

function clientType(text: string): string {
  const type = text.toLowerCase();
  if (['normal', 'master', 'replica', 'slave', 'pubsub'].includes(type)) return type;
  throw new CommandError(`ERR Unknown client type '${text}'`);
}

function kill(call: Call, ...words: string[]): Out {
  const { server, session } = call;
  if (words.length === 1) {
    const found = [...server.sessions.values()].find((each) => each.ends.address === words[0]);
    if (found === undefined) throw new CommandError('ERR No such client');
    end(found, session);
    return OK;
  }
  const filters = killFilters(session, words);
  const killed = [...server.sessions.values()].filter((each) => filters.every((filter) => filter(each)));
  for (const each of killed) end(each, session);
  return killed.length;
}

type Filter = (session: Session) => boolean;

function killFilters(self: Session, words: readonly string[]): Filter[] {
  const filters: Filter[] = [];
  let skipMe = true;
  if (words.length % 2 !== 0) throw syntaxError();
  const options = new Options(words);
  while (!options.done) {
    const option = options.name();
    const value = options.value();
    if (option === 'ID') {
      const id = parseInteger(value);
      if (id === null) throw new CommandError('ERR client-id should be greater than 0');
      if (id < 1n) throw new CommandError('ERR client-id should be greater than 0');
      filters.push((each) => BigInt(each.id) === id);
    } else if (option === 'ADDR') filters.push(({ ends }) => ends.address === value);
    else if (option === 'LADDR') filters.push(({ ends }) => ends.localAddress === value);
    else if (option === 'TYPE') {
      const type = clientType(value);
      filters.push(() => type === 'normal');
    } else if (option === 'USER') {
      if (value !== 'default') throw new CommandError(`ERR No such user '${value}'`);
    } else if (option === 'SKIPME' && /^(yes|no)$/i.test(value)) skipMe = value.toLowerCase() === 'yes';
    else throw syntaxError();
  }
  if (skipMe) filters.push((each) => each !== self);
  return filters;
}

function end(victim: Session, killer: Session): void {
  victim.ends.close(victim === killer);
}

/** Broadcasting only: who is told of a key does not depend on what it has read. */
function tracking({ session }: Call, ...words: string[]): Out {
  const options = new Options(words);
  const state = options.name();
  let broadcasts = false;
  const prefixes: string[] = [];
  while (!options.done) {
    const option = options.name();
    if (option === 'BCAST') broadcasts = true;
    else if (option === 'PREFIX') prefixes.push(options.value());
    else throw syntaxError();
  }
  if (state === 'OFF') session.track(null);
  else if (state !== 'ON') throw syntaxError();
  else if (broadcasts) session.track(prefixes.length === 0 ? [''] : prefixes);
  else if (prefixes.length > 0) throw new CommandError('ERR PREFIX option requires BCAST mode to be enabled');
  else throw new CommandError('ERR the embedded Redis tracks keys in BCAST mode only');
  return OK;
}

const SUBCOMMANDS: Subcommands = {
  id: { arity: 2, run: ({ session }) => session.id },
  info: { arity: 2, run: (call) => new Verbatim(describe(call, call.session)) },
  list: { arity: -2, run: list },
  kill: { arity: -3, run: kill },
  getname: { arity: 2, run: ({ session }) => (session.name === '' ? null : session.name) },
  setname: {
    arity: 3,
    run: ({ session }, name: string) => {
      session.name = checkClientName(name);
      return OK;
    },
  },
  tracking: { arity: -3, run: tracking },
  'no-evict': {
    arity: 3,
    run: ({ session }, word: string) => {
      if (!/^(on|off)$/i.test(word)) throw syntaxError();
      session.noEvict = word.toLowerCase() === 'on';
      return OK;
    },
  },
};

export const clientCommands: CommandTable = {
  client: { arity: -2, run: (call, ...words) => subcommand(call, SUBCOMMANDS, words) },
};
