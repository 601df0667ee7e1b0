// The servers that the other tests rely on: real, separate, and able to come back with their data.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, describe, expect, test } from 'vitest';
import {
  redisCommand,
  redisCommands,
  sharedKafka,
  sharedRedis,
  startCluster,
  startRedis,
  startRedisTls,
  startSentinel,
} from '../../support/services.ts';

describe('shared servers', () => {
  test('hand out a Redis database to each caller', async () => {
    const [one, two] = await Promise.all([sharedRedis(), sharedRedis()]);
    expect(one.port).toBe(two.port);
    expect(one.database).not.toBe(two.database);
    await redisCommands(one.port, [
      ['SELECT', one.database],
      ['SET', 'k', 'v'],
    ]);
    const [, size] = await redisCommands(two.port, [['SELECT', two.database], ['DBSIZE']]);
    expect(size).toBe(0);
  });

  test('ask for the password', async () => {
    const redis = await sharedRedis({ password: true });
    await expect(redisCommands(redis.port, [['PING']])).rejects.toThrow('NOAUTH');
    expect(await redisCommands(redis.port, [['PING']], { password: redis.password })).toEqual(['PONG']);
  });

  test('create Kafka topics with partitions', async () => {
    const kafka = await sharedKafka();
    const topic = await kafka.createTopic('services', 3);
    const admin = new Kafka({ brokers: [kafka.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      expect(topics[0]?.partitions).toHaveLength(3);
    } finally {
      await admin.disconnect();
    }
  });
});

describe('own servers', () => {
  const closing: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const close of closing) await close();
  });

  test('keep their data and port when they are killed', async () => {
    const redis = await startRedis({ password: 'a "quoted" one' });
    closing.push(() => redis.close());
    await redis.command(['SET', 'k', 'v']);
    const { pid, port } = redis;
    await redis.kill();
    expect(redis.running).toBe(false);
    await redis.start();
    expect(redis.pid).not.toBe(pid);
    expect(redis.port).toBe(port);
    expect(await redis.command(['GET', 'k'])).toBe('v');
  });

  test('leave no folder behind', async () => {
    const redis = await startRedis();
    expect(existsSync(redis.folder)).toBe(true);
    await redis.close();
    expect(existsSync(redis.folder)).toBe(false);
  });

  test('end with the process that started them, even when it is killed', async () => {
    const module = new URL('../../../scripts/services/index.mjs', import.meta.url);
    const program = `
      const { startRedis } = await import('${module}');
      const { pid, port, folder } = await startRedis();
      console.log(JSON.stringify({ pid, port, folder }));
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve) =>
      owner.stdout.setEncoding('utf8').once('data', resolve),
    );
    const { port, folder } = JSON.parse(line) as { port: number; folder: string };
    expect(await redisCommand(port, ['PING'])).toBe('PONG');
    owner.kill('SIGKILL');
    await expect.poll(() => existsSync(folder), { timeout: 10_000 }).toBe(false);
    await expect(redisCommand(port, ['PING'])).rejects.toThrow('ECONNREFUSED');
  });

  test('speak TLS with certificates for localhost', async () => {
    const redis = await startRedisTls();
    closing.push(() => redis.close());
    expect(await redis.command(['PING'])).toBe('PONG');
    const socket = connect({ port: redis.port, host: '127.0.0.1', ca: readFileSync(redis.files.ca) });
    await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });

  test('form a cluster that covers every slot', async () => {
    const cluster = await startCluster(3);
    closing.push(() => cluster.close());
    const slots = await cluster.nodes[0]?.command(['CLUSTER', 'SLOTS']);
    expect(slots).toHaveLength(3);
  });

  test('fail over under a sentinel', async () => {
    const group = await startSentinel();
    closing.push(() => group.close());
    const before = await group.masterPort();
    expect(before).toBe(group.master.port);
    await group.failover();
    expect(await group.masterPort()).toBe(group.replicas[0]?.port);
  });
});
