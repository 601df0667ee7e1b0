// `npm run quickstart` shows the written keys and the joined stream, with and without a redis-server, and leaves nothing running.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';

const project = resolve(import.meta.dirname, '..', '..');
const LIMIT_MS = 60_000;
const run = promisify(execFile);

function quickstart(args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  const words = [join(project, 'scripts', 'quickstart.mjs'), ...args];
  return run(process.execPath, words, { env, cwd: project, timeout: LIMIT_MS });
}

function refuses(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      settle(false);
    });
    socket.once('error', () => settle(true));
  });
}

const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('drey-quickstart-'));

async function expectShown(stdout: string): Promise<void> {
  expect(stdout).toMatch(/customer:c3\s+city=济南 {2}name=李清照 {2}tier=gold/);
  expect(stdout).toMatch(/customer:c4\s+city=Sevilla {2}name=Sofía "Sol" Núñez {2}tier=bronze/);
  expect(stdout).toMatch(/last-order:c1\s+o-1004/);
  expect(stdout).toMatch(/order:o-1003\s+product=Nanosecond wire {2}total=30\.00/);
  expect(stdout).toContain('+I[o-1001, Analytical Engine, 1849.50, Ada Lovelace, London, gold]');
  expect(stdout).toContain('+I[o-1007, 茶, 35.20, 李清照, 济南, gold]');
  expect(stdout).toContain('+I[o-1005, Gift for a stranger, 12.00, null, null, unknown]');
  const ports = [...stdout.matchAll(/127\.0\.0\.1:(\d+)/g)].map((match) => Number(match[1]));
  expect(ports.length).toBeGreaterThan(0);
  for (const port of ports) expect(await refuses(port), `port ${port}`).toBe(true);
}

describe('quickstart', () => {
  const bare = mkdtempSync(join(tmpdir(), 'drey-path-'));
  afterAll(() => rmSync(bare, { recursive: true, force: true }));

  test('runs on a private redis-server, twice', { timeout: 2 * LIMIT_MS }, async () => {
    for (let round = 0; round < 2; round++) {
      const before = leftovers();
      const { stdout } = await quickstart([]);
      expect(stdout).toContain('private redis-server');
      await expectShown(stdout);
      expect(leftovers().filter((name) => !before.includes(name))).toEqual([]);
    }
  });

  test('runs on the embedded Redis where there is no redis-server', { timeout: LIMIT_MS }, async () => {
    if (!existsSync(join(bare, 'node'))) symlinkSync(process.execPath, join(bare, 'node'));
    const { stdout } = await quickstart([], { ...process.env, PATH: bare });
    expect(stdout).toContain("Drey's embedded Redis");
    await expectShown(stdout);
  });

  test('takes the orders through Kafka', { timeout: 2 * LIMIT_MS }, async () => {
    const { stdout } = await quickstart(['--kafka']);
    expect(stdout).toContain('private Kafka');
    await expectShown(stdout);
  });
});
