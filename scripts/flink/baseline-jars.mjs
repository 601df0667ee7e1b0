// The tables of Java's Redis clients that the connector is measured against: flink/bench and what it needs.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { project } from '../dependencies.mjs';
import { ensurePrograms } from '../services/install.mjs';
import { run } from '../services/process.mjs';

/** Builds them. Answers the paths of their jars. */
export function ensureBaselineJars(say = () => {}) {
  ensurePrograms(['java', 'mvn'], { say });
  const folder = join(project, 'flink', 'bench');
  run('mvn', ['-q', '-B', '-f', join(folder, 'pom.xml'), 'package']);
  const libs = join(folder, 'target', 'libs');
  return readdirSync(libs).map((name) => join(libs, name));
}
