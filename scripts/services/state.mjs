// Servers that outlive the command that started them: one JSON file a kind under a folder says what runs and how it is stopped.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processIdentity, stopProcess } from './process.mjs';

const stateFile = (folder, kind) => join(folder, `${kind}.json`);

/** What has been started under `folder`, running or not. */
export function states(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

export const isUp = (state) =>
  state.processes.every(({ pid, identity }) => processIdentity(pid) === identity);

export function describe(state) {
  const ports = Object.entries(state.ports).map(
    ([name, port]) => `${name === 'port' ? '' : `${name} `}${state.host}:${port}`,
  );
  return `${state.kind} ${ports.join(', ')} pid ${state.processes.map(({ pid }) => pid).join(', ')}`;
}

/** By name, whatever of the handle is a port. */
function portsOf(handle) {
  const ports = Object.fromEntries(
    Object.entries(handle).filter(([name, value]) => /port$/i.test(name) && Number.isInteger(value)),
  );
  delete ports.commandPort;
  for (const [index, server] of (handle.nodes ?? []).entries()) ports[`node ${index + 1}`] = server.port;
  if (handle.master) ports.master = handle.master.port;
  return ports;
}

/**
 * Starts a kind unless it runs already. `starter`: told the folder of its own, answers the handle.
 * Answers the state and whether it is new.
 */
export async function startKept(folder, kind, starter) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const running = states(folder).find((state) => state.kind === kind);
  if (running && isUp(running)) return { state: running, isNew: false };
  if (running) await stopKept(folder, running);
  const home = join(folder, kind);
  rmSync(home, { recursive: true, force: true });
  const handle = await starter(home);
  const processes = (handle.servers ?? [handle]).map(({ pid, identity }) => ({ pid, identity }));
  const state = { kind, host: handle.host, ports: portsOf(handle), processes, home, files: handle.files };
  writeFileSync(stateFile(folder, kind), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  return { state, isNew: true };
}

/** Ends the processes of a state, by pid, and removes its folder. */
export async function stopKept(folder, state) {
  await Promise.all(state.processes.map(({ pid, identity }) => stopProcess(pid, identity, 20_000)));
  rmSync(state.home, { recursive: true, force: true, maxRetries: 3 });
  rmSync(stateFile(folder, state.kind), { force: true });
}
