// The jars that a Flink cluster is made of: Flink and its Kafka connector from Maven, the connector's own from flink/.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { node, project, toolEnvironment } from '../dependencies.mjs';
import { ensurePrograms } from '../services/install.mjs';
import { cacheFolder, fetchJars } from '../services/maven.mjs';
import { run } from '../services/process.mjs';

/** Releases that Maven has completely, and what goes with them (there is no flink-csv 2.2.1). */
const RELEASES = new Map([
  ['1.20', { flink: '1.20.3', csv: '1.20.3', kafkaConnector: '3.4.0-1.20' }],
  ['2.2', { flink: '2.2.1', csv: '2.2.0', kafkaConnector: '5.0.0-2.2' }],
  ['2.3', { flink: '2.3.0', csv: '2.3.0', kafkaConnector: '5.0.0-2.2' }],
]);

export const FLINK_VERSIONS = [...RELEASES.keys()];

function releaseOf(version) {
  const release = RELEASES.get(version);
  if (release === undefined)
    throw new Error(`Flink ${version} is not known here; known: ${FLINK_VERSIONS.join(', ')}`);
  return release;
}

/** Fetches Flink's jars once. Answers the folder that holds them. */
export function ensureFlink(version, say = () => {}) {
  const release = releaseOf(version);
  const libs = join(cacheFolder(), `flink-${release.flink}`, 'libs');
  const cached = existsSync(libs);
  ensurePrograms(cached ? ['java'] : ['java', 'mvn'], { say });
  if (!cached) {
    say(`fetching Flink ${release.flink} with Maven`);
    fetchJars(join(import.meta.dirname, 'cluster-pom.xml'), libs, {
      properties: {
        'flink.version': release.flink,
        'csv.version': release.csv,
        'kafka-connector.version': release.kafkaConnector,
      },
      proof: 'flink-sql-gateway',
    });
  }
  return libs;
}

function newestFile(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestFile(join(path, name))));
}

function builtJar() {
  const target = join(project, 'flink', 'target');
  const names = existsSync(target) ? readdirSync(target) : [];
  const name = names.find((each) => /^drey-flink-\d+\.\d+\.\d+[^-]*\.jar$/.test(each));
  return name === undefined ? null : join(target, name);
}

/** The connector's jar, built where it is missing or older than its sources; DREY_FLINK_JAR names another one. */
export function ensureConnectorJar(say = () => {}) {
  const named = process.env.DREY_FLINK_JAR;
  if (named) return named;
  const sources = ['src', 'flink/src/main', 'flink/pom.xml', 'scripts/flink/build-worker.mjs'];
  const changed = Math.max(...sources.map((path) => newestFile(join(project, path))));
  const there = builtJar();
  if (there !== null && statSync(there).mtimeMs > changed) return there;
  ensurePrograms(['java', 'mvn'], { say });
  say('building the connector for Flink');
  run(node, [join(project, 'scripts', 'flink', 'build-worker.mjs')], {
    cwd: project,
    env: toolEnvironment(),
  });
  run('mvn', ['-q', '-B', '-f', join(project, 'flink', 'pom.xml'), '-DskipTests', 'package']);
  const jar = builtJar();
  if (jar === null) throw new Error('the build made no drey-flink jar in flink/target');
  return jar;
}
