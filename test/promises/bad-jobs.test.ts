// Every bad job is told where it is wrong, what was given and what would be right: golden files. Never a stack trace,
// never a password. After a change of wording: DREY_GOLDEN=write npx vitest run test/promises/bad-jobs.test.ts
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drey } from '../support/drey.ts';
import { sharedRedis } from '../support/services.ts';

const FOLDER = path.resolve(import.meta.dirname, '../data/bad-jobs');
const STRING_KEY = 'bad-jobs-a-string';

let cwd: string;
let silent: Server;
const sockets = new Set<Socket>();
const places: Record<string, string> = {};
const secrets = ['not-the-Pässword', 'needless-Pässword', 'p-secret'];

beforeAll(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'drey-bad-'));
  const closed = await sharedRedis({ password: true });
  const open = await sharedRedis();
  const redis = new Redis({ host: closed.host, port: closed.port, password: closed.password! });
  await redis.set(STRING_KEY, 'x');
  redis.disconnect();
  silent = createServer((socket) => {
    sockets.add(socket);
  });
  const dead = createServer();
  const port = (server: Server) => (server.address() as AddressInfo).port;
  await Promise.all(
    [silent, dead].map((s) => new Promise<void>((resolve) => s.listen(0, '127.0.0.1', resolve))),
  );
  const deadPort = port(dead);
  await new Promise((resolve) => dead.close(resolve));
  const poison = path.join(cwd, 'poison.json');
  await writeFile(poison, '{"id":"a","n":1}\n{"id":"b","n":"seven"}\n');
  secrets.push(closed.password!);
  Object.assign(places, {
    HOST: closed.host,
    PORT: String(closed.port),
    PASSWORD: closed.password!,
    OPEN_PORT: String(open.port),
    DEAD_PORT: String(deadPort),
    SILENT_PORT: String(port(silent)),
    POISON: poison,
    STRING_KEY,
  });
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  silent.close();
  await rm(cwd, { recursive: true, force: true });
});

/** What the command said, with the places that differ from run to run put back. */
function normalised(text: string): string {
  let out = text.replaceAll(cwd, '{{CWD}}');
  for (const name of ['POISON', 'PORT', 'OPEN_PORT', 'DEAD_PORT', 'SILENT_PORT']) {
    out = out.replaceAll(places[name]!, `{{${name}}}`);
  }
  return out.replace(/\b[0-9a-f]{32}\b/g, '{{JOB}}').replace(/^\d{4}-\d\d-\d\d[T ][\d:.,Z]+ /gm, '');
}

const names = readdirSync(FOLDER)
  .filter((f) => f.endsWith('.sql'))
  .map((f) => f.slice(0, -4))
  .sort();

test('there are bad jobs enough', () => {
  expect(names.length).toBeGreaterThanOrEqual(40);
});

test.each(names)(
  '%s',
  async (name) => {
    const sql = readFileSync(path.join(FOLDER, `${name}.sql`), 'utf8').replace(
      /\{\{(\w+)\}\}/g,
      (_, place: string) => places[place]!,
    );
    const result = await drey(['run', '-'], { cwd, stdin: sql });
    const said = result.stdout + result.stderr;
    for (const secret of secrets) expect(said).not.toContain(secret);
    expect(said).not.toMatch(/^\s+at .*[:(]\d+/m);
    expect(result.code).toBe(1);
    const golden = path.join(FOLDER, `${name}.txt`);
    const actual = normalised(result.stderr);
    if (process.env['DREY_GOLDEN'] === 'write') writeFileSync(golden, actual);
    expect(existsSync(golden), `no golden file ${name}.txt`).toBe(true);
    expect(actual).toBe(readFileSync(golden, 'utf8'));
  },
  30_000,
);
