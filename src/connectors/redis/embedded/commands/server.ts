// The server itself: INFO, CONFIG, COMMAND, TIME, WAIT.
import { type Call, type CommandTable, wrongArity } from '../command.ts';
import { globMatcher } from '../glob.ts';
import { indexArg } from '../numbers.ts';
import { CommandError, MapReply, OK, type Out, Verbatim } from '../replies.ts';
import { VERSION } from '../server-state.ts';
import { type Subcommands, subcommand } from './subcommands.ts';

type Section = (call: Call) => readonly (readonly [string, string | number])[];

const SECTIONS: Readonly<Record<string, Section>> = {
  Server: ({ server }) => [
    ['redis_version', VERSION],
    ['redis_mode', 'standalone'],
    ['process_id', process.pid],
    ['run_id', server.runId],
    ['tcp_port', server.port],
    ['uptime_in_seconds', Math.floor((server.clock.now() - server.startedAt) / 1000)],
    ['drey_embedded', 1],
  ],
  Clients: ({ server }) => [['connected_clients', server.sessions.size]],
  Memory: ({ server }) => [
    ['used_memory', process.memoryUsage().heapUsed],
    ['maxmemory', server.config.get('maxmemory') ?? '0'],
    ['maxmemory_policy', server.config.get('maxmemory-policy') ?? 'noeviction'],
  ],
  Persistence: () => [
    ['loading', 0],
    ['rdb_bgsave_in_progress', 0],
    ['aof_enabled', 0],
  ],
  Stats: ({ server }) => [
    ['total_connections_received', server.connectionsReceived],
    ['total_commands_processed', server.commandsProcessed],
  ],
  Replication: () => [
    ['role', 'master'],
    ['connected_slaves', 0],
  ],
  Cluster: () => [['cluster_enabled', 0]],
  Keyspace: ({ server }) =>
    server.databases.flatMap((db, index) =>
      db.size === 0 ? [] : [[`db${index}`, `keys=${db.size},expires=${db.expiring},avg_ttl=0`] as const],
    ),
};

function info(call: Call, ...wanted: string[]): Out {
  const names = wanted.map((name) => name.toLowerCase());
  const all = names.length === 0 || names.some((name) => ['all', 'default', 'everything'].includes(name));
  const blocks = Object.entries(SECTIONS)
    .filter(([name]) => all || names.includes(name.toLowerCase()))
    .map(([name, section]) => {
      const lines = section(call).map(([key, value]) => `${key}:${value}\r\n`);
      return `# ${name}\r\n${lines.join('')}`;
    });
  return new Verbatim(blocks.join('\r\n'));
}

function configGet({ server }: Call, ...patterns: string[]): Out {
  const found: string[] = [];
  const tests = patterns.map((pattern) => globMatcher(pattern.toLowerCase()));
  for (const [key, value] of server.config) if (tests.some((test) => test(key))) found.push(key, value);
  return new MapReply(found);
}

function configSet(call: Call, ...words: string[]): Out {
  if (words.length % 2 !== 0) throw wrongArity('config|set');
  const { config } = call.server;
  for (let i = 0; i < words.length; i += 2) {
    const key = words[i]!.toLowerCase();
    if (!config.has(key))
      throw new CommandError(`ERR Unknown option or number of arguments for CONFIG SET - '${words[i]}'`);
    if (key === 'databases') {
      throw new CommandError(
        `ERR CONFIG SET failed (possibly related to argument '${words[i]}') - can't set immutable config`,
      );
    }
  }
  for (let i = 0; i < words.length; i += 2) config.set(words[i]!.toLowerCase(), words[i + 1]!);
  return OK;
}

const CONFIG: Subcommands = {
  get: { arity: -3, run: configGet },
  set: { arity: -4, run: configSet },
  resetstat: { arity: 2, run: () => OK },
};

/** Name and arity of a command; what else COMMAND tells is left empty. */
function describe({ server }: Call, name: string): Out {
  const command = server.commands.get(name);
  return command === undefined ? null : [name, command.arity, [], 0, 0, 0, [], [], [], []];
}

function describeAll(call: Call): Out {
  return [...call.server.commands.keys()].map((name) => describe(call, name));
}

const COMMAND: Subcommands = {
  count: { arity: 2, run: ({ server }) => server.commands.size },
  list: { arity: -2, run: ({ server }) => [...server.commands.keys()] },
  info: {
    arity: -2,
    run: (call, ...names) =>
      names.length === 0 ? describeAll(call) : names.map((name) => describe(call, name.toLowerCase())),
  },
  docs: { arity: -2, run: () => new MapReply([]) },
};

export const serverCommands: CommandTable = {
  info: { arity: -1, run: info },
  config: { arity: -2, run: (call, ...words) => subcommand(call, CONFIG, words) },
  command: {
    arity: -1,
    run: (call, ...words) => (words.length === 0 ? describeAll(call) : subcommand(call, COMMAND, words)),
  },
  time: {
    arity: 1,
    run: ({ server }) => {
      const now = server.clock.now();
      const seconds = Math.floor(now / 1000);
      return [String(seconds), String(Math.floor((now - seconds * 1000) * 1000))];
    },
  },
  wait: {
    arity: 3,
    run: (_call, replicas: string, timeout: string) => {
      indexArg(replicas);
      if (indexArg(timeout) < 0) throw new CommandError('ERR timeout is negative');
      return 0; // there are no replicas to wait for
    },
  },
  readonly: { arity: 1, run: notClustered },
  readwrite: { arity: 1, run: notClustered },
  asking: { arity: 1, run: notClustered },
};

function notClustered(): Out {
  throw new CommandError('ERR This instance has cluster support disabled');
}
