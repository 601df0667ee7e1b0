// Builds the platform jars: Node.js, as npm's packages have it, for TaskManagers without a node of their own.
//   npm run build:flink-node
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { project } from '../dependencies.mjs';
import { ensurePrograms } from '../services/install.mjs';
import { run } from '../services/process.mjs';

const PLATFORMS = ['linux-x64', 'linux-arm64'];
const folder = join(project, 'flink', 'node');
const target = join(folder, 'target');

/** The release that the project is developed on. */
const { node: version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')).devDependencies;

/** Puts the program of a platform where its jar takes it from. */
function fetchProgram(platform) {
  const content = join(target, platform);
  const program = join(content, 'io', 'drey', 'flink', 'node', platform);
  mkdirSync(program, { recursive: true });
  mkdirSync(join(content, 'META-INF'), { recursive: true });
  const archive = run('npm', ['pack', '--silent', `node-${platform}@${version}`], { cwd: target }).trim();
  run('tar', ['xzf', archive, 'package/bin/node', 'package/LICENSE'], { cwd: target });
  renameSync(join(target, 'package', 'bin', 'node'), join(program, 'node'));
  renameSync(join(target, 'package', 'LICENSE'), join(content, 'META-INF', 'LICENSE'));
  for (const left of [archive, 'package']) rmSync(join(target, left), { recursive: true });
}

ensurePrograms(['java', 'mvn'], { say: console.log });
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const platform of PLATFORMS) fetchProgram(platform);
run('mvn', ['-q', '-B', '-f', join(folder, 'pom.xml'), 'package']);
for (const platform of PLATFORMS)
  console.log(`flink/node/target/drey-flink-node-*-${platform}.jar (Node.js ${version})`);
