// A real Kafka broker (KRaft, one node, no ZooKeeper) from Maven's jars.
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeCertificates } from './certificates.mjs';
import { ensurePrograms, inDocker } from './install.mjs';
import { createTopic, deleteTopic } from './kafka-admin.mjs';
import { cacheFolder, fetchJars } from './maven.mjs';
import { freePort } from './ports.mjs';
import { HOST, run, Server, temporaryFolder } from './process.mjs';

const VERSION = '4.1.1';
const IMAGE = `apache/kafka:${VERSION}`;
const CLUSTER_ID = 'ZHJleS1zZXJ2aWNlcy0wMQ';
const here = dirname(fileURLToPath(import.meta.url));

/** Fetches the broker's jars once. Answers how Java is to be run: the class path, and Docker's image when there is no Java. */
export function ensureKafka({ say = () => {} } = {}) {
  const libs = join(cacheFolder(), `kafka-${VERSION}`, 'libs');
  const cached = existsSync(libs);
  const where = ensurePrograms(cached ? ['java'] : ['java', 'mvn'], { dockerOk: true, say });
  if (where === 'docker') return { image: IMAGE, classPath: '/opt/kafka/libs/*' };
  if (!cached) {
    say(`fetching Kafka ${VERSION} with Maven`);
    fetchJars(join(here, 'kafka-pom.xml'), libs, { proof: 'kafka_2.13' });
  }
  return { image: null, classPath: join(libs, '*') };
}

function java(kafka, folder, name, args) {
  return kafka.image === null
    ? { command: 'java', args }
    : inDocker(kafka.image, `${basename(folder)}-${name}`, [folder], 'java', args);
}

function configuration(folder, ports, sasl, files, settings) {
  const listeners = [`PLAINTEXT://${HOST}:${ports.plain}`];
  if (sasl) listeners.push(`SASL_PLAINTEXT://${HOST}:${ports.sasl}`);
  if (files) listeners.push(`SSL://${HOST}:${ports.tls}`);
  if (sasl && files) listeners.push(`SASL_SSL://${HOST}:${ports.saslTls}`);
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@${HOST}:${ports.controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: [...listeners, `CONTROLLER://${HOST}:${ports.controller}`].join(','),
    'advertised.listeners': listeners.join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map':
      'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL',
    'log.dirs': join(folder, 'data'),
    'num.partitions': '1',
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    // A broker that was killed may register again only when its old session has ended: 9 s unless told.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    'controlled.shutdown.max.retries': '1',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'background.threads': '2',
    'log.cleaner.dedupe.buffer.size': '4194304',
    'log.segment.delete.delay.ms': '1000',
  };
  if (sasl) {
    const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
    const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
    const names = ['sasl_plaintext', ...(files ? ['sasl_ssl'] : [])];
    for (const name of names) {
      const jaas = `${plain} user_${sasl.username}="${sasl.password}";`;
      properties[`listener.name.${name}.sasl.enabled.mechanisms`] = 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512';
      properties[`listener.name.${name}.plain.sasl.jaas.config`] = jaas;
      properties[`listener.name.${name}.scram-sha-256.sasl.jaas.config`] = scram;
      properties[`listener.name.${name}.scram-sha-512.sasl.jaas.config`] = scram;
    }
  }
  if (files) {
    Object.assign(properties, {
      'ssl.keystore.type': 'PKCS12',
      'ssl.keystore.location': files.serverPkcs12,
      'ssl.keystore.password': files.password,
      'ssl.key.password': files.password,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': files.ca,
      'ssl.client.auth': 'requested',
    });
  }
  Object.assign(properties, settings);
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** Formats the data folder; without users of its own it is copied from a folder formatted once (a second of Java saved). */
function format(kafka, folder, file, sasl) {
  const data = join(folder, 'data');
  const template = join(cacheFolder(), `kafka-${VERSION}`, 'formatted');
  if (!sasl && existsSync(template)) {
    cpSync(template, data, { recursive: true });
    return;
  }
  const users = sasl
    ? ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((kind) => [
        '--add-scram',
        `${kind}=[name=${sasl.username},password=${sasl.password}]`,
      ])
    : [];
  const tool = java(kafka, folder, 'kafka-format', [
    '-Xmx128m',
    '-cp',
    kafka.classPath,
    'kafka.tools.StorageTool',
    'format',
    '-t',
    CLUSTER_ID,
    '-c',
    file,
    ...users,
  ]);
  run(tool.command, tool.args);
  if (sasl) return;
  const aside = `${template}-${process.pid}`;
  mkdirSync(dirname(template), { recursive: true });
  cpSync(data, aside, { recursive: true });
  try {
    renameSync(aside, template);
  } catch (error) {
    // Another run was first; its copy is as good.
    if (!existsSync(template)) throw error;
    rmSync(aside, { recursive: true, force: true });
  }
}

class Kafka extends Server {
  /** Creates a topic with so many partitions, and waits for their leaders. */
  createTopic(topic, partitions = 1, config = {}) {
    return createTopic(this.port, topic, partitions, config);
  }

  deleteTopic(topic) {
    return deleteTopic(this.port, topic);
  }
}

/**
 * Starts a broker. `sasl`: `{ username, password }` adds a SASL_PLAINTEXT listener (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512); `tls: true` adds an
 * SSL listener (and SASL_SSL with both). `settings`: more broker properties. `heap`: Java's, 512m unless told.
 */
export async function startKafka({
  folder,
  sasl,
  tls = false,
  settings = {},
  heap = '512m',
  port,
  keep = false,
  say,
} = {}) {
  const kafka = ensureKafka({ say });
  const home = folder ?? temporaryFolder('kafka');
  mkdirSync(home, { recursive: true });
  const ports = { plain: port ?? (await freePort()), controller: await freePort() };
  if (sasl) ports.sasl = await freePort();
  if (tls) ports.tls = await freePort();
  if (sasl && tls) ports.saslTls = await freePort();
  const files = tls ? makeCertificates(join(home, 'tls')) : null;
  const file = join(home, 'server.properties');
  writeFileSync(file, configuration(home, ports, sasl, files, settings), { mode: 0o600 });
  if (!existsSync(join(home, 'data', 'meta.properties'))) format(kafka, home, file, sasl);
  const started = java(kafka, home, 'kafka', [
    `-Xmx${heap}`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=4',
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info',
    '-Dorg.slf4j.simpleLogger.showDateTime=true',
    '-cp',
    kafka.classPath,
    'kafka.Kafka',
    file,
  ]);
  const server = new Kafka({
    name: 'kafka',
    ...started,
    folder: home,
    ready: (log) => log.includes('Kafka Server started'),
    readyMs: 90_000,
    graceMs: 20_000,
    keep,
    ownsFolder: folder === undefined,
  });
  Object.assign(server, {
    kind: 'kafka',
    host: HOST,
    port: ports.plain,
    brokers: `${HOST}:${ports.plain}`,
    ...(sasl ? { saslPort: ports.sasl, username: sasl.username, password: sasl.password } : {}),
    ...(tls ? { tlsPort: ports.tls, files } : {}),
    ...(sasl && tls ? { saslTlsPort: ports.saslTls } : {}),
  });
  await server.start();
  return server;
}
