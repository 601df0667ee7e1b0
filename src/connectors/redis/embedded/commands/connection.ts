// A connection's own affairs: log in, select, protocol, farewell. CLIENT is in client.ts.
import { type Call, type CommandTable, Options, syntaxError } from '../command.ts';
import { parseInteger } from '../numbers.ts';
import { CommandError, MapReply, OK, type Out, Status } from '../replies.ts';
import type { ServerState } from '../server-state.ts';
import { VERSION } from '../server-state.ts';
import type { Session } from '../session.ts';
import { checkClientName } from './client.ts';

function login(server: ServerState, session: Session, user: string, password: string): void {
  // Redis takes any password for a user without one.
  if (user !== 'default' || (server.password !== '' && password !== server.password)) {
    throw new CommandError('WRONGPASS invalid username-password pair or user is disabled.');
  }
  session.loggedIn = true;
}

function auth({ server, session }: Call, ...words: string[]): Out {
  if (words.length > 2) throw syntaxError();
  if (words.length === 1 && server.password === '') {
    throw new CommandError(
      'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
    );
  }
  const [user = '', password = ''] = words.length === 2 ? words : ['default', ...words];
  login(server, session, user, password);
  return OK;
}

function hello(call: Call, ...words: string[]): Out {
  const { server, session } = call;
  let protocol = session.protocol;
  if (words[0] !== undefined) {
    const version = parseInteger(words[0]);
    if (version === null) throw new CommandError('ERR Protocol version is not an integer or out of range');
    if (version !== 2n && version !== 3n) throw new CommandError('NOPROTO unsupported protocol version');
    protocol = version === 3n ? 3 : 2;
  }
  let name: string | null = null;
  let credentials: readonly [string, string] | null = null;
  const options = new Options(words.slice(1));
  while (!options.done) {
    const word = options.word();
    const option = word.toUpperCase();
    try {
      if (option === 'AUTH') credentials = [options.value(), options.value()];
      else if (option === 'SETNAME') name = checkClientName(options.value());
      else throw syntaxError();
    } catch (error) {
      if (error instanceof CommandError && error.message !== syntaxError().message) throw error;
      throw new CommandError(`ERR Syntax error in HELLO option '${word}'`);
    }
  }
  if (credentials !== null) login(server, session, ...credentials);
  if (!session.loggedIn) {
    throw new CommandError(
      'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
    );
  }
  if (name !== null) session.name = name;
  session.protocol = protocol;
  return new MapReply([
    ...['server', 'redis', 'version', VERSION, 'proto', protocol, 'id', session.id],
    ...['mode', 'standalone', 'role', 'master', 'modules', []],
  ]);
}

function select({ server, session }: Call, text: string): Out {
  const index = parseInteger(text);
  if (index === null) throw new CommandError('ERR value is not an integer or out of range');
  if (index < 0n || index >= BigInt(server.databases.length))
    throw new CommandError('ERR DB index is out of range');
  session.database = Number(index);
  return OK;
}

export const connectionCommands: CommandTable = {
  auth: { arity: -2, beforeAuth: true, run: auth },
  hello: { arity: -1, beforeAuth: true, run: hello },
  select: { arity: 2, run: select },
  ping: {
    arity: -1,
    run: (_call, ...words) => {
      if (words.length > 1) throw new CommandError("ERR wrong number of arguments for 'ping' command");
      return words[0] ?? new Status('PONG');
    },
  },
  echo: { arity: 2, run: (_call, text: string) => text },
  quit: {
    arity: -1,
    beforeAuth: true,
    insideMulti: true,
    run: ({ session }) => {
      session.ends.close(true);
      return OK;
    },
  },
  reset: {
    arity: 1,
    beforeAuth: true,
    insideMulti: true,
    run: ({ session }) => {
      session.reset();
      return new Status('RESET');
    },
  },
};
