// Test files run in processes of their own, at the same time, and each picks ports for its servers.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { freePort, isFree } from '../../../scripts/services/ports.mjs';

const PORTS = fileURLToPath(new URL('../../../scripts/services/ports.mjs', import.meta.url));

/** One more process that picks ports; it keeps them until `end` is called. */
async function picker(count: number): Promise<{ ports: number[]; end: () => void }> {
  const code = `
    const { freePort } = await import(${JSON.stringify(PORTS)});
    const ports = [];
    for (let i = 0; i < ${count}; i++) ports.push(await freePort());
    console.log(JSON.stringify(ports));
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code]);
  child.stdin.on('error', () => {});
  for await (const line of createInterface({ input: child.stdout }))
    return { ports: JSON.parse(line), end: () => child.stdin.end() };
  throw new Error('the process ended without its ports');
}

test('processes at the same time: no port twice, none of the outgoing connections', async () => {
  // 4,000 of 10,000 ports: without the claims hundreds would be picked twice.
  const pickers = await Promise.all([1, 2, 3, 4].map(() => picker(1000)));
  for (const { end } of pickers) end();
  const all = pickers.flatMap(({ ports }) => ports);
  expect(new Set(all).size).toBe(4000);
  expect(Math.min(...all)).toBeGreaterThanOrEqual(10_000);
  const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/);
  // The bus of a cluster node listens 10,000 above its port.
  expect(Math.max(...all) + 10_000).toBeLessThan(Number(range[0]));
});

test.each([0, 10_000])('a port is not free when something listens %i above it', async (above) => {
  const port = await freePort();
  expect(await isFree(port)).toBe(true);
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(port + above, '127.0.0.1', resolve));
  expect(await isFree(port)).toBe(false);
  await new Promise((resolve) => taken.close(resolve));
  expect(await isFree(port)).toBe(true);
});
