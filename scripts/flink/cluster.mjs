// A Flink session cluster as its users have it: JobManager, TaskManagers and SQL gateway, each a JVM from Maven's jars, on free
// ports of the loopback interface. Small: all of it and a Kafka fit a machine with two cores and 4 GB.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { node } from '../dependencies.mjs';
import { freePort } from '../services/ports.mjs';
import { HOST, Server, temporaryFolder } from '../services/process.mjs';
import { ensureConnectorJar, ensureFlink } from './cluster-jars.mjs';

const ENTRY = {
  jobmanager: 'org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint',
  taskmanager: 'org.apache.flink.runtime.taskexecutor.TaskManagerRunner',
  gateway: 'org.apache.flink.table.gateway.SqlGateway',
};

const HEAP = { jobmanager: '512m', taskmanager: '1024m', gateway: '384m' };

/** What Flink asks for on Java 17 and newer. */
const OPENS = ['lang', 'lang.invoke', 'lang.reflect', 'net', 'nio', 'text', 'time', 'util']
  .concat(['util.concurrent', 'util.concurrent.atomic', 'util.concurrent.locks', 'io'])
  .map((name) => `--add-opens=java.base/java.${name}=ALL-UNNAMED`);

const LOGGING = `rootLogger.level = INFO
rootLogger.appenderRef.file.ref = file
appender.file.name = file
appender.file.type = FILE
appender.file.fileName = \${sys:log.file}
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{HH:mm:ss.SSS} %-5p %-40c{1} %m%n
logger.kafka.name = org.apache.kafka
logger.kafka.level = WARN
logger.pekko.name = org.apache.pekko
logger.pekko.level = WARN
`;

function configuration(home, ports, slots, more) {
  const memory = 'taskmanager.memory';
  return {
    'jobmanager.rpc.address': HOST,
    'jobmanager.rpc.port': ports.rpc,
    'jobmanager.bind-host': HOST,
    'taskmanager.host': HOST,
    'taskmanager.bind-host': HOST,
    'rest.address': HOST,
    'rest.bind-address': HOST,
    'rest.port': ports.rest,
    'rest.bind-port': ports.rest,
    'sql-gateway.endpoint.rest.address': HOST,
    'sql-gateway.endpoint.rest.bind-address': HOST,
    'sql-gateway.endpoint.rest.port': ports.gateway,
    'sql-gateway.endpoint.rest.bind-port': ports.gateway,
    'execution.target': 'remote',
    'io.tmp.dirs': join(home, 'tmp'),
    'execution.checkpointing.dir': `file://${join(home, 'checkpoints')}`,
    'execution.checkpointing.savepoint-dir': `file://${join(home, 'savepoints')}`,
    'taskmanager.numberOfTaskSlots': slots,
    'taskmanager.cpu.cores': 2,
    // A JVM that is started by hand wants each part told.
    [`${memory}.framework.heap.size`]: '128m',
    [`${memory}.task.heap.size`]: '896m',
    [`${memory}.framework.off-heap.size`]: '128m',
    [`${memory}.task.off-heap.size`]: '0m',
    [`${memory}.network.min`]: '64m',
    [`${memory}.network.max`]: '64m',
    [`${memory}.managed.size`]: '64m',
    [`${memory}.jvm-metaspace.size`]: '320m',
    [`${memory}.jvm-overhead.min`]: '192m',
    [`${memory}.jvm-overhead.max`]: '192m',
    // A TaskManager that was killed is missed soon.
    'heartbeat.interval': 1000,
    'heartbeat.timeout': 6000,
    'resourcemanager.taskmanager-registration.timeout': '1 min',
    'metrics.fetcher.update-interval': 500,
    'parallelism.default': 1,
    ...more,
  };
}

/** Answers the JSON of a GET, or null while nothing answers. */
async function ask(port, path) {
  try {
    const response = await fetch(`http://${HOST}:${port}${path}`, { signal: AbortSignal.timeout(5000) });
    return response.ok ? await response.json() : null;
  } catch (error) {
    if (error instanceof TypeError || error.name === 'TimeoutError') return null;
    throw error;
  }
}

/** What a JVM logs. What it prints, print tables among it, is in a file of the same name beside the folder. */
const logFile = (home, name) => join(home, 'log', `${name}.log`);

class FlinkCluster {
  #settings;

  constructor(settings, ports) {
    this.#settings = settings;
    this.kind = `flink-${settings.version}`;
    this.version = settings.version;
    this.host = HOST;
    this.folder = settings.home;
    this.connectorJar = settings.jar;
    this.restPort = ports.rest;
    this.gatewayPort = ports.gateway;
    this.jobManager = this.#server('jobmanager', () => ask(this.restPort, '/overview'));
    this.taskManagers = [];
    this.gateway = this.#server('gateway', () => ask(this.gatewayPort, '/v1/info'));
  }

  get servers() {
    return [this.gateway, ...this.taskManagers, this.jobManager];
  }

  #server(role, ready, name = role) {
    const { home, libs, env, keep, ownsFolder, javaOptions } = this.#settings;
    return new Server({
      name,
      command: 'java',
      args: [
        `-Xmx${HEAP[role]}`,
        '-XX:+UseSerialGC',
        ...OPENS,
        `-Djava.io.tmpdir=${join(home, 'tmp')}`,
        `-Dlog4j.configurationFile=${join(home, 'conf', 'log4j2.properties')}`,
        `-Dlog.file=${logFile(home, name)}`,
        ...javaOptions,
        '-cp',
        `${join(home, 'lib', '*')}:${join(libs, '*')}`,
        ENTRY[role],
        // The gateway reads where its configuration is from the environment.
        ...(role === 'gateway' ? [] : ['--configDir', join(home, 'conf')]),
        ...(role === 'taskmanager' ? [`-Dtaskmanager.resource-id=${name}`] : []),
      ],
      folder: home,
      env: { FLINK_CONF_DIR: join(home, 'conf'), ...env },
      ready,
      readyMs: 120_000,
      graceMs: 20_000,
      keep,
      ownsFolder,
    });
  }

  /** Does the JobManager know the TaskManager of this name? */
  async #isRegistered(name) {
    const answer = await ask(this.restPort, '/taskmanagers');
    return answer?.taskmanagers.some(({ id }) => id === name) ?? false;
  }

  async start(taskManagers) {
    await Promise.all([
      this.jobManager.start(),
      this.gateway.start(),
      ...Array.from({ length: taskManagers }, () => this.addTaskManager()),
    ]);
    return this;
  }

  /** Starts one more and waits until the JobManager has it. Answers its process. */
  async addTaskManager() {
    const name = `taskmanager-${this.taskManagers.length + 1}`;
    const server = this.#server('taskmanager', () => this.#isRegistered(name), name);
    this.taskManagers.push(server);
    await server.start();
    return server;
  }

  /** Connects to nothing any more: all JVMs end. The folder stays. */
  async stop() {
    await Promise.all([this.gateway.stop(), ...this.taskManagers.map((server) => server.stop())]);
    await this.jobManager.stop();
  }

  async close() {
    await this.stop();
    if (this.#settings.ownsFolder) rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * Starts a cluster. `version`: 1.20, 2.2 or 2.3. `jar`: the connector's (built when it is not given; copied, so that a build later on
 * does not change it under the cluster); null leaves it out, for ADD JAR. `moreJars`: paths of
 * others for lib/. `config`: more of Flink's options. `env`: more environment.
 */
export async function startFlink({
  version = '1.20',
  jar,
  moreJars = [],
  slots = 4,
  taskManagers = 1,
  config = {},
  env = {},
  javaOptions = [],
  folder,
  keep = false,
  say = () => {},
} = {}) {
  const libs = ensureFlink(version, say);
  const connector = jar === null ? null : (jar ?? ensureConnectorJar(say));
  const home = folder ?? temporaryFolder(`flink-${version}`);
  for (const name of ['conf', 'lib', 'tmp']) mkdirSync(join(home, name), { recursive: true });
  const own = connector === null ? [] : [connector];
  for (const each of [...own, ...moreJars]) copyFileSync(each, join(home, 'lib', basename(each)));
  const ports = { rpc: await freePort(), rest: await freePort(), gateway: await freePort() };
  const options = configuration(home, ports, slots, config);
  const lines = Object.entries(options).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  writeFileSync(join(home, 'conf', 'config.yaml'), lines.join(''), { mode: 0o600 });
  writeFileSync(join(home, 'conf', 'log4j2.properties'), LOGGING);
  const settings = {
    version,
    home,
    libs,
    jar: connector === null ? null : join(home, 'lib', basename(connector)),
    // Its workers run on the project's Node, whatever the machine has.
    env: { DREY_NODE: node, ...env },
    javaOptions,
    keep,
    ownsFolder: folder === undefined,
  };
  const cluster = new FlinkCluster(settings, ports);
  try {
    return await cluster.start(taskManagers);
  } catch (error) {
    await cluster.close();
    throw error;
  }
}
