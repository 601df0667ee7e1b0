// Real Redis servers: one server (with or without a password, TLS), a cluster, a group under sentinels.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificates } from './certificates.mjs';
import { ensurePrograms, inDocker } from './install.mjs';
import { freePort } from './ports.mjs';
import { HOST, removeWithOwner, Server, temporaryFolder, until } from './process.mjs';
import { redisCommand, redisCommands } from './resp.mjs';

const IMAGE = 'redis:7';

/** Makes sure that a redis-server can be run. Answers 'local' or 'docker'. */
export function ensureRedis({ say } = {}) {
  return ensurePrograms(['redis-server'], { dockerOk: true, say });
}

/** A configuration file rather than arguments: a password must not be seen in the list of processes. */
function configurationFile(folder, name, settings) {
  const quote = (value) => (/^[\w./:-]+$/.test(value) ? value : `"${value.replaceAll(/[\\"]/g, '\\$&')}"`);
  const lines = settings.map(
    ([key, ...values]) =>
      `${key} ${values.map((value) => (value === '' ? '""' : quote(String(value)))).join(' ')}`,
  );
  const file = join(folder, `${name}.conf`);
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}

class Redis extends Server {
  /** Sends one command (an array of words) and answers the reply. */
  command(words) {
    return redisCommand(this.commandPort, words, this.login);
  }
}

function newServer({ name, folder, settings, port, args = [], say, keep, ownsFolder, extra = [] }) {
  mkdirSync(folder, { recursive: true });
  const file = configurationFile(folder, name, settings);
  const where = ensureRedis({ say });
  const words = [file, ...extra, ...args];
  const started =
    where === 'local'
      ? { command: 'redis-server', args: words }
      : inDocker(IMAGE, `drey-${name}-${process.pid}-${port}`, [folder], 'redis-server', words);
  // The log line comes when data is loaded and the port listens; LOADING is over then.
  const ready = (log) => /eady to accept connections|Sentinel ID is/.test(log);
  return new Redis({ name, ...started, folder, ready, keep, ownsFolder });
}

function baseSettings(port, folder, { password, persist, databases }) {
  return [
    ['bind', HOST],
    ['port', port],
    ['protected-mode', 'no'],
    ['daemonize', 'no'],
    ['dir', folder],
    ['save', ''],
    ['databases', databases],
    // Test data: a server that stops does not wait for replicas that lag.
    ['shutdown-timeout', '0'],
    ['enable-debug-command', 'local'],
    // Written (not synced) before each answer: what was acknowledged survives the end of the process.
    ...(persist
      ? [
          ['appendonly', 'yes'],
          ['appendfsync', 'no'],
          ['auto-aof-rewrite-percentage', '0'],
        ]
      : [['appendonly', 'no']]),
    ...(password ? [['requirepass', password]] : []),
  ];
}

/**
 * Starts one server. `password`: requirepass. `persist` (default true): data survives kill() and restart(). `args`: more words for the command
 * line of redis-server, such as `['--maxmemory', '1mb']`. `port`: a free one unless given.
 */
export async function startRedis({
  password,
  args = [],
  port,
  persist = true,
  databases = 16,
  folder,
  keep = false,
  say,
} = {}) {
  const home = folder ?? temporaryFolder('redis');
  const listening = port ?? (await freePort());
  mkdirSync(home, { recursive: true });
  const settings = baseSettings(listening, home, { password, persist, databases });
  const server = newServer({
    name: 'redis',
    folder: home,
    settings,
    port: listening,
    args,
    say,
    keep,
    ownsFolder: folder === undefined,
  });
  Object.assign(server, {
    kind: 'redis',
    host: HOST,
    port: listening,
    commandPort: listening,
    password,
    login: { password },
  });
  return server.start();
}

/**
 * Starts a server that speaks TLS on `port`. `clientCertificates`: true asks for a client's certificate (mutual TLS). `files`: the PEM, PKCS12 and JKS files
 * (see makeCertificates). `names`: what the server's certificate is for.
 */
export async function startRedisTls({
  password,
  args = [],
  clientCertificates = false,
  names,
  folder,
  keep = false,
  say,
} = {}) {
  const home = folder ?? temporaryFolder('redis-tls');
  const port = await freePort();
  mkdirSync(home, { recursive: true });
  const files = makeCertificates(join(home, 'tls'), names);
  const settings = [
    ...baseSettings(0, home, { password, persist: true, databases: 16 }),
    ['tls-port', port],
    ['tls-cert-file', files.cert],
    ['tls-key-file', files.key],
    ['tls-ca-cert-file', files.ca],
    ['tls-auth-clients', clientCertificates ? 'yes' : 'no'],
  ];
  const server = newServer({
    name: 'redis-tls',
    folder: home,
    settings,
    port,
    args,
    say,
    keep,
    ownsFolder: folder === undefined,
  });
  // `names` may leave localhost out on purpose (tests of host name checks): our own commands do not check the name.
  const tls = {
    ca: readFileSync(files.ca),
    cert: readFileSync(files.clientCert),
    key: readFileSync(files.clientKey),
    checkServerIdentity: () => undefined,
  };
  Object.assign(server, {
    kind: 'redis-tls',
    host: HOST,
    port,
    commandPort: port,
    password,
    files,
    login: { password, tls },
  });
  return server.start();
}

/** What a group of servers has in common: closed and stopped together, in a folder of its own. */
class Group {
  constructor(kind, servers, folder, { ownsFolder, keep }) {
    this.kind = kind;
    this.host = HOST;
    this.servers = servers;
    this.folder = folder;
    this.ownsFolder = ownsFolder;
    if (ownsFolder && !keep) removeWithOwner(folder);
  }

  get pid() {
    return this.servers[0].pid;
  }

  async stop() {
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  async close() {
    await Promise.all(this.servers.map((server) => server.close()));
    if (this.ownsFolder) rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

const SLOTS = 16_384;

/** Starts `masters` cluster nodes with the slots spread over them, and `replicas` copies of each. `nodes`: the servers, masters first. */
export async function startCluster(
  masters = 3,
  { password, replicas = 0, args = [], folder, keep = false, say } = {},
) {
  const home = folder ?? temporaryFolder('redis-cluster');
  const nodes = [];
  for (let index = 0; index < masters * (replicas + 1); index++) {
    const port = await freePort();
    const at = join(home, `node-${index + 1}`);
    mkdirSync(at, { recursive: true });
    const settings = [
      ...baseSettings(port, at, { password, persist: true, databases: 16 }),
      ['cluster-enabled', 'yes'],
      ['cluster-config-file', 'nodes.conf'],
      ['cluster-node-timeout', '2000'],
      ...(password ? [['masterauth', password]] : []),
    ];
    const server = newServer({
      name: 'node',
      folder: at,
      settings,
      port,
      args,
      say,
      keep,
      ownsFolder: folder === undefined,
    });
    nodes.push(
      Object.assign(server, {
        kind: 'redis',
        host: HOST,
        port,
        commandPort: port,
        password,
        login: { password },
      }),
    );
  }
  const group = new Group('redis-cluster', nodes, home, { ownsFolder: folder === undefined, keep });
  try {
    await Promise.all(nodes.map((node) => node.start()));
    await formCluster(nodes, masters);
  } catch (error) {
    await group.close();
    throw error;
  }
  return Object.assign(group, {
    nodes,
    port: nodes[0].port,
    ports: nodes.map((node) => node.port),
    password,
  });
}

async function formCluster(nodes, masters) {
  const leading = nodes.slice(0, masters);
  for (const [index, node] of leading.entries()) {
    const from = Math.floor((index * SLOTS) / masters);
    const to = Math.floor(((index + 1) * SLOTS) / masters) - 1;
    const slots = Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
    await redisCommands(
      node.port,
      [
        ['CLUSTER', 'SET-CONFIG-EPOCH', index + 1],
        ['CLUSTER', 'ADDSLOTS', ...slots],
      ],
      node.login,
    );
  }
  for (const node of nodes.slice(1)) await node.command(['CLUSTER', 'MEET', HOST, nodes[0].port]);
  const knowsAll = async (node) =>
    (await node.command(['CLUSTER', 'INFO'])).includes(`cluster_known_nodes:${nodes.length}`);
  const allOf = async (list, test) => (await Promise.all(list.map(test))).every(Boolean);
  if (!(await until(() => allOf(nodes, knowsAll), 30_000, 50)))
    throw new Error('the cluster nodes did not meet within 30 s');
  for (const [index, node] of nodes.slice(masters).entries()) {
    const id = await leading[index % masters].command(['CLUSTER', 'MYID']);
    await node.command(['CLUSTER', 'REPLICATE', id]);
  }
  const replicated = async (node) =>
    (await node.command(['INFO', 'replication'])).includes('master_link_status:up');
  const serves = async (node) => (await node.command(['CLUSTER', 'INFO'])).includes('cluster_state:ok');
  if (!(await until(() => allOf(nodes, serves), 30_000, 50)))
    throw new Error('the cluster did not come up within 30 s');
  if (!(await until(() => allOf(nodes.slice(masters), replicated), 30_000, 50)))
    throw new Error('the cluster replicas did not copy within 30 s');
}

/**
 * Starts a master named `mymaster`, its replicas and sentinels. `failover()` makes a replica the master and waits until the sentinels say so;
 * `masterPort()` asks them.
 */
export async function startSentinel({
  password,
  sentinelPassword,
  replicas = 1,
  sentinels = 1,
  args = [],
  folder,
  keep = false,
  say,
} = {}) {
  const home = folder ?? temporaryFolder('redis-sentinel');
  const ownsFolder = folder === undefined;
  const make = async (name, more) => {
    const port = await freePort();
    const at = join(home, name);
    mkdirSync(at, { recursive: true });
    const auth = password ? [['masterauth', password]] : [];
    const settings = [
      ...baseSettings(port, at, { password, persist: true, databases: 16 }),
      ...auth,
      ...more,
    ];
    const server = newServer({ name, folder: at, settings, port, args, say, keep, ownsFolder });
    return Object.assign(server, {
      kind: 'redis',
      host: HOST,
      port,
      commandPort: port,
      password,
      login: { password },
    });
  };
  const master = await make('master', []);
  const copies = [];
  for (let index = 1; index <= replicas; index++)
    copies.push(await make(`replica-${index}`, [['replicaof', HOST, master.port]]));
  const watchers = [];
  for (let index = 1; index <= sentinels; index++) {
    watchers.push(
      await newSentinel(join(home, `sentinel-${index}`), {
        master,
        password,
        sentinelPassword,
        sentinels,
        say,
        keep,
        ownsFolder,
      }),
    );
  }
  const group = new Group('redis-sentinel', [...watchers, master, ...copies], home, { ownsFolder, keep });
  const masterPort = async () =>
    Number((await watchers[0].command(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster']))[1]);
  try {
    await Promise.all([master, ...copies].map((server) => server.start()));
    const copied = async (server) =>
      (await server.command(['INFO', 'replication'])).includes('master_link_status:up');
    for (const copy of copies)
      if (!(await until(() => copied(copy), 30_000, 50)))
        throw new Error('the replica did not copy within 30 s');
    await Promise.all(watchers.map((server) => server.start()));
    const known = async () =>
      (await watchers[0].command(['SENTINEL', 'REPLICAS', 'mymaster'])).length === replicas;
    if (!(await until(known, 30_000, 50)))
      throw new Error('the sentinel did not find the replicas within 30 s');
  } catch (error) {
    await group.close();
    throw error;
  }
  const failover = async () => {
    const before = await masterPort();
    const ordered = async () => {
      try {
        return await watchers[0].command(['SENTINEL', 'FAILOVER', 'mymaster']);
      } catch (error) {
        // The sentinel has not seen the replica's state yet (it asks every 10 s), or another fail-over has only just ended.
        if (/NOGOODSLAVE|INPROG/.test(error.message)) return false;
        throw error;
      }
    };
    if (!(await until(ordered, 60_000, 200))) throw new Error('the sentinel refused to fail over for 60 s');
    if (!(await until(async () => (await masterPort()) !== before, 30_000, 50)))
      throw new Error('no fail-over within 30 s');
  };
  const ports = { port: watchers[0].port, sentinelPorts: watchers.map((server) => server.port) };
  return Object.assign(group, ports, {
    masterName: 'mymaster',
    master,
    replicas: copies,
    sentinels: watchers,
    password,
    sentinelPassword,
    masterPort,
    failover,
  });
}

async function newSentinel(folder, { master, password, sentinelPassword, sentinels, say, keep, ownsFolder }) {
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const settings = [
    ['bind', HOST],
    ['port', port],
    ['protected-mode', 'no'],
    ['daemonize', 'no'],
    ['dir', folder],
    ['sentinel', 'monitor', 'mymaster', HOST, master.port, Math.floor(sentinels / 2) + 1],
    ['sentinel', 'down-after-milliseconds', 'mymaster', 1000],
    ['sentinel', 'failover-timeout', 'mymaster', 5000],
    ...(password ? [['sentinel', 'auth-pass', 'mymaster', password]] : []),
    ...(sentinelPassword ? [['requirepass', sentinelPassword]] : []),
  ];
  const server = newServer({
    name: 'sentinel',
    folder,
    settings,
    port,
    extra: ['--sentinel'],
    say,
    keep,
    ownsFolder,
  });
  return Object.assign(server, {
    kind: 'sentinel',
    host: HOST,
    port,
    commandPort: port,
    password: sentinelPassword,
    login: { password: sentinelPassword },
  });
}

/** Is there a redis-server to start without installing anything? */
export function redisInPath() {
  return (process.env.PATH ?? '')
    .split(':')
    .some((folder) => folder !== '' && existsSync(join(folder, 'redis-server')));
}
