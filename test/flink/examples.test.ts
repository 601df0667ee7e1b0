// The jobs under examples/ on Flink: those of examples/flink run with the commands of their README, the others are planned.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type RedisHandle, redisCommands } from '../../scripts/services/index.mjs';
import { sharedKafka, startRedis } from '../support/services.ts';
import { FlinkSession, splitStatements } from './support/flink.ts';
import { isAlive } from './support/processes.ts';

const project = path.resolve(import.meta.dirname, '../..');
const examples = path.join(project, 'examples');
const inExamples = (folder: string) =>
  readdirSync(path.join(examples, folder))
    .filter((name) => name.endsWith('.sql'))
    .map((name) => `${folder}/${name}`);

describe('the commands of examples/flink/README.md', { timeout: 300_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'drey-flink-examples-'));
  let redis: RedisHandle;
  let places: (script: string) => string;

  beforeAll(async () => {
    redis = await startRedis({ persist: false });
    const kafka = await sharedKafka();
    const topic = await kafka.createTopic('shop-orders');
    places = (script) =>
      script
        .replaceAll("'6379'", `'${redis.port}'`)
        .replaceAll('localhost:9092', kafka.brokers)
        .replaceAll("'shop_orders'", `'${topic}'`);
  });
  afterAll(async () => {
    await flink('stop');
    rmSync(folder, { recursive: true, force: true });
    await redis.close();
  });

  const call = promisify(execFile);
  const flink = async (...words: string[]) => {
    const args = [
      path.join(project, 'scripts/flink/main.mjs'),
      ...words,
      '--folder',
      path.join(folder, 'run'),
    ];
    return (await call(process.execPath, args, { cwd: project })).stdout;
  };

  async function run(name: string): Promise<string> {
    const file = path.join(folder, path.basename(name));
    writeFileSync(file, places(readFileSync(path.join(examples, name), 'utf8')));
    return flink('run', file, '--version', inject('flink').version);
  }

  test('start, run, status, stop', async () => {
    const started = await flink('start', '--version', inject('flink').version);
    expect(started).toMatch(/^web page: http:\/\/127\.0\.0\.1:\d+$/m);
    expect(await run('flink/fill.sql')).toBe('');
    expect(await run('flink/orders.sql')).toBe('');
    // Each order of a known customer changes the sum of the customer's tier.
    expect((await run('flink/ranking.sql')).trim().split('\n')).toEqual([
      '+I[gold, 39.8]',
      '+I[silver, 45.0]',
      '-U[gold, 39.8]',
      '+U[gold, 53.3]',
      '-U[gold, 53.3]',
      '+U[gold, 64.3]',
      '-U[silver, 45.0]',
      '+U[silver, 244.0]',
    ]);

    const status = await flink('status');
    const pids = status
      .match(/pid (.*)$/m)![1]!
      .split(', ')
      .map(Number);
    expect(pids.filter(isAlive)).toEqual(pids);
    await flink('stop', '--version', inject('flink').version);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(await flink('status')).toBe('');

    const [spending, keys, order, stranger, timeToLive] = await redisCommands(redis.port, [
      ['ZRANGE', 'spending', '0', '-1', 'WITHSCORES'],
      ['DBSIZE'],
      ['HGETALL', 'order:o3'],
      ['HGETALL', 'order:o4'],
      ['PTTL', 'order:o3'],
    ]);
    const [first, ofFirst, second, ofSecond] = spending as string[];
    expect([first, Number(ofFirst), second, Number(ofSecond)]).toEqual(['gold', 64.3, 'silver', 244]);
    // Three customers, six orders, the ranking.
    expect(keys).toBe(10);
    expect(order).toEqual(['product', 'map', 'total', '13.50', 'name', 'Ada Lovelace', 'tier', 'gold']);
    expect(stranger).toEqual(['product', 'rope', 'total', '12.00', 'tier', 'unknown']);
    expect(timeToLive).toBeGreaterThan(3_000_000);
  });
});

describe('Flink plans', () => {
  /** What makes a table, a view or a setting is executed, what makes a job is explained. */
  const explained = (statement: string) =>
    statement.startsWith('INSERT')
      ? `EXPLAIN ${statement}`
      : statement.replace(/^EXECUTE (?=STATEMENT SET)/, 'EXPLAIN ');

  test.each(['sink', 'lookup', 'change'].flatMap(inExamples))('examples/%s', async (name) => {
    const session = await FlinkSession.open();
    try {
      const statements = splitStatements(readFileSync(path.join(examples, name), 'utf8'));
      let plan = '';
      for (const statement of statements) {
        const { rows } = await session.execute(explained(statement));
        plan = rows.flat().join('\n');
      }
      expect(plan).toMatch(/Sink\(table=\[default_catalog\.default_database\.\w+\]|LookupJoin/);
    } finally {
      await session.close();
    }
  });
});
