// One server in the ways in which it can be reached: by a Unix socket, as a user of the access control list, under a name.
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RedisHandle } from '../../../scripts/services/index.mjs';
import { RedisReplyError } from '../../../src/connectors/redis/client/port.ts';
import { batchOf as rowsOf } from '../../support/memory-tables.ts';
import { openLookup, openSink, schema } from '../../support/redis-table.ts';
import { startRedis } from '../../support/services.ts';
import { ask, batchOf, closePorts, connected, refusal } from './support.ts';

const KV = schema(['k', 'v'], ['k']);
let server: RedisHandle;
let socket: string;

beforeAll(async () => {
  server = await startRedis({
    persist: false,
    args: ['--unixsocket', 'redis.sock', '--unixsocketperm', '700'],
  });
  socket = join(server.folder, 'redis.sock');
});
afterEach(closePorts);
afterAll(() => server?.close());

describe('socket.path', () => {
  it('reads, writes and reconnects like any other', async () => {
    const port = await connected({ 'socket.path': socket, dbNum: '3' }, 'sink');
    for (let round = 0; round < 3; round++) {
      expect(await port.write(batchOf([['SET', 'k', round]]))).toBeNull();
      await server.command(['CLIENT', 'KILL', 'TYPE', 'normal']);
      expect(await ask(port, ['GET', 'k'])).toEqual([String(round)]);
    }
    expect((await ask(port, ['CLIENT', 'INFO']))[0]).toMatch(/ addr=\S*redis\.sock:0 .* db=3 /);
  });

  it('carries a table from end to end', async () => {
    const options = { 'socket.path': socket, mode: 'STRING' };
    const sink = await openSink(options, KV);
    await sink.write(rowsOf([[0, ['a', 'größe']]]));
    await sink.flush(true);
    await sink.close();
    const lookup = await openLookup(options, KV);
    expect(await lookup.lookup([['a'], ['b']])).toEqual([[['a', 'größe']], []]);
    await lookup.close();
  });

  it('that does not exist, or is no socket: said so', async () => {
    expect((await refusal({ 'socket.path': '/no/such.sock' })).message).toBe(
      'Cannot connect to Redis at /no/such.sock: no such socket (ENOENT)',
    );
    const file = await refusal({ 'socket.path': server.log });
    expect(file.message).toMatch(
      /^Cannot connect to Redis at .*redis\.log: connection refused \(ECONNREFUSED\)$/,
    );
  });
});

describe('username', () => {
  const at = () => ({ host: server.host, port: String(server.port) });

  beforeAll(async () => {
    await server.command(['ACL', 'SETUSER', 'worker', 'on', '>s3cret', '~job:*', '+@all', '-@dangerous']);
  });

  it('logs in, may do what the list allows, and is refused the rest with the key’s name', async () => {
    const port = await connected({ ...at(), username: 'worker', password: 's3cret' });
    expect(await ask(port, ['SET', 'job:1', 'v'], ['GET', 'job:1'], ['ACL', 'WHOAMI'])).toEqual([
      'OK',
      'v',
      'worker',
    ]);
    const [refused] = await ask(port, ['SET', 'other', 'v']);
    expect(refused).toBeInstanceOf(RedisReplyError);
    const sink = await openSink({ ...at(), username: 'worker', password: 's3cret', mode: 'STRING' }, KV);
    await sink.write(rowsOf([[0, ['other', 'geheimer Wert']]]));
    const failure = await sink.flush(true).then(
      () => null,
      (error: Error) => error,
    );
    expect(failure?.message).toMatch(/Redis refused SET of key 'other': NOPERM/);
    expect(failure?.message).not.toContain('geheim');
    await sink.close();
  });

  it('with a wrong password, or unknown: said so, without the password', async () => {
    for (const login of [
      { username: 'worker', password: 'falsch' },
      { username: 'nobody', password: 'falsch' },
    ]) {
      const error = await refusal({ ...at(), ...login });
      expect(error.message).toContain("wrong user name or password (options 'username', 'password')");
      expect(error.message).not.toContain('falsch');
      expect(error.retryable).toBe(false);
    }
  });
});

it('client-name is what the server calls every connection', async () => {
  const options = { host: server.host, port: String(server.port), 'client-name': 'drey:orders' };
  const port = await connected(options, 'sink');
  await port.write(batchOf([['SET', 'k', '1']]));
  await Promise.all([ask(port, ['GET', 'k']), ask(port, ['GET', 'k'])]);
  const list = String(await server.command(['CLIENT', 'LIST']));
  expect(list.split(' name=drey:orders ').length - 1).toBeGreaterThanOrEqual(2);
});
