// What the services need from the machine, and how it gets there: what is installed, else Debian's packages, else Docker.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { run, which } from './process.mjs';

const PACKAGES = {
  'redis-server': 'redis-server',
  java: 'default-jdk-headless',
  javac: 'default-jdk-headless',
  mvn: 'maven',
  openssl: 'openssl',
};

/** Programs of `wanted` that are not there. */
export function missing(wanted) {
  return wanted.filter((program) => which(program) === null);
}

function isDebianRoot() {
  return process.getuid?.() === 0 && which('apt-get') !== null;
}

let dockerAnswer;
export function dockerAnswers() {
  if (dockerAnswer === undefined) {
    const asked =
      which('docker') === null
        ? null
        : spawnSync('docker', ['info', '--format', '{{.ID}}'], { timeout: 10_000 });
    dockerAnswer = asked !== null && asked.status === 0;
  }
  return dockerAnswer;
}

/** Installs packages without letting them start the servers that they bring. */
function aptInstall(packages) {
  const policy = '/usr/sbin/policy-rc.d';
  const mine = !existsSync(policy);
  if (mine) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another apt run on the machine holds the lock for a while: wait for it rather than fail.
  const wait = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'APT::Update::Error-Mode=any'];
  try {
    run('apt-get', ['update', '-qq', ...wait], { env });
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...wait, ...packages], { env });
  } finally {
    if (mine) rmSync(policy, { force: true });
  }
}

/**
 * Makes sure that every program of `wanted` can be run. Answers 'local', or 'docker' when only Docker can stand in
 * (`dockerOk`: the caller knows how). Throws with the commands to type when neither is possible.
 */
export function ensurePrograms(wanted, { dockerOk = false, say = () => {} } = {}) {
  const absent = missing(wanted);
  if (absent.length === 0) return 'local';
  const packages = absent.map((program) => PACKAGES[program] ?? program);
  let reason = 'installing packages needs root on Debian or Ubuntu';
  if (isDebianRoot()) {
    say(`installing ${packages.join(', ')} with apt-get`);
    try {
      aptInstall(packages);
      const still = missing(wanted);
      if (still.length === 0) return 'local';
      reason = `apt-get installed ${packages.join(', ')} but ${still.join(', ')} cannot be found`;
    } catch (error) {
      reason = error.message;
    }
  }
  if (dockerOk && dockerAnswers()) return 'docker';
  throw new Error(
    `${absent.join(', ')} not found. ${reason}.\n` +
      `Install ${absent.length === 1 ? 'it' : 'them'} (Debian: apt-get install ${packages.join(' ')})` +
      `${dockerOk ? ', or start Docker' : ''}, and try again.`,
  );
}

/** The same command inside a container that shares the host's network and sees `folders` at the same paths. */
export function inDocker(image, name, folders, command, args) {
  const user = process.getuid ? ['--user', `${process.getuid()}:${process.getgid()}`] : [];
  const mounts = folders.flatMap((folder) => ['-v', `${folder}:${folder}`]);
  return {
    command: 'docker',
    container: name,
    args: [
      'run',
      '--rm',
      '--init',
      '--network',
      'host',
      '--name',
      name,
      ...user,
      ...mounts,
      '--entrypoint',
      command,
      image,
      ...args,
    ],
  };
}
