// What a user sees when the first connection cannot be made: what was tried, why not, which option to look at, in time, and
// never a password.
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PortOptions } from '../../../src/connectors/redis/client/port.ts';
import { SingleServerPort } from '../../../src/connectors/redis/client/single-server-port.ts';
import { ConnectorError } from '../../../src/types/errors.ts';
import { startRedis } from '../../support/services.ts';
import { batchOf, portOptions, startServer } from './support.ts';

type Redis = Awaited<ReturnType<typeof startRedis>>;

let open: Redis;
let locked: Redis;

beforeAll(async () => {
  [open, locked] = await Promise.all([
    startRedis({ persist: false }),
    startRedis({ persist: false, password: 's3cret-word' }),
  ]);
});
afterAll(() => Promise.all([open?.close(), locked?.close()]));

async function refusal(options: PortOptions): Promise<ConnectorError> {
  const port = new SingleServerPort(options);
  try {
    await port.connect();
  } catch (error) {
    if (error instanceof ConnectorError) return error;
    throw error;
  } finally {
    await port.close();
  }
  throw new Error('connected');
}

describe('a first connection', () => {
  it('works without a password, with one, and with a user', async () => {
    const logins: PortOptions[] = [
      portOptions(open),
      portOptions(open, { database: 3, clientName: 'drey-test' }),
      portOptions(locked, { password: 's3cret-word' }),
      portOptions(locked, { username: 'default', password: 's3cret-word', database: 1 }),
    ];
    for (const options of logins) {
      const port = new SingleServerPort(options);
      await port.connect();
      const [list, pong] = await port.pipeline(batchOf([['CLIENT', 'INFO'], ['PING']]));
      expect(pong).toBe('PONG');
      expect(list).toContain(` db=${options.database} `);
      if (options.clientName !== undefined) expect(list).toContain(` name=${options.clientName} `);
      await port.close();
    }
  });

  it('names the wrong password, and does not ask to try again', async () => {
    const error = await refusal(portOptions(locked, { password: 'not-it' }));
    expect(error.message).toBe(
      `Cannot connect to Redis at 127.0.0.1:${locked.port}: wrong user name or password (options 'username', 'password'); ` +
        'the server says: WRONGPASS invalid username-password pair or user is disabled.',
    );
    expect(error.retryable).toBe(false);
    expect(JSON.stringify(error)).not.toContain('not-it');
  });

  it('names the missing password', async () => {
    const error = await refusal(portOptions(locked));
    expect(error.message).toContain("a password is required (option 'password'); the server says: NOAUTH");
    expect(error.retryable).toBe(false);
  });

  it('names a password that the server does not have', async () => {
    const error = await refusal(portOptions(open, { password: 'needless' }));
    expect(error.message).toContain("the password is not accepted (option 'password')");
    expect(error.message).not.toContain('needless');
    expect(error.retryable).toBe(false);
  });

  it('names a database that does not exist', async () => {
    const error = await refusal(portOptions(open, { database: 99 }));
    expect(error.message).toContain(
      "there is no database 99 (option 'dbNum'); the server says: ERR DB index is out of range",
    );
    expect(error.retryable).toBe(false);
  });

  it('names a dead port and an unknown host', async () => {
    const gone = await startServer(() => {});
    await gone.close();
    const refused = await refusal(portOptions(gone));
    expect(refused.message).toBe(
      `Cannot connect to Redis at 127.0.0.1:${gone.port}: connection refused (ECONNREFUSED)`,
    );
    expect(refused.retryable).toBe(true);
    const unknown = await refusal(portOptions({ host: 'no-such-host.invalid', port: 6379 }));
    expect(unknown.message).toMatch(
      /^Cannot connect to Redis at no-such-host\.invalid:6379: (unknown host|host name lookup failed)/,
    );
  });

  it('does not wait longer than connect.timeout for a host that accepts and never answers', async () => {
    const hole = await startServer(() => {});
    const start = performance.now();
    const error = await refusal(portOptions(hole, { connectTimeoutMs: 300, socketTimeoutMs: 60_000 }));
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(error.message).toBe(
      `Cannot connect to Redis at 127.0.0.1:${hole.port}: connected, but no answer within 300 ms (connect.timeout)`,
    );
    expect(error.retryable).toBe(true);
    await hole.close();
  });

  it('tells a server that is no Redis, and one that hangs up', async () => {
    const http = await startServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await refusal(portOptions(http))).message).toMatch(
      /^Cannot connect to Redis at 127\.0\.0\.1:\d+: What answers at .* does not speak the protocol of Redis: .*"HTTP/,
    );
    await http.close();
    const short = await startServer((socket) => socket.destroy());
    expect((await refusal(portOptions(short))).message).toMatch(
      /^Cannot connect to Redis at 127\.0\.0\.1:\d+: .*broke/,
    );
    await short.close();
  });

  it('passes on that the server has too many clients, as something that may pass', async () => {
    const small = await startRedis({ persist: false, args: ['--maxclients', '1'] });
    const other = createConnection(small.port, small.host);
    await new Promise((resolve) => other.write('PING\r\n', resolve));
    await new Promise((resolve) => other.once('data', resolve));
    const error = await refusal(portOptions(small));
    // The server hangs up at once: its words may be lost on the way.
    expect(error.message).toMatch(/the server says: ERR max number of clients reached|broke: /);
    expect(error.retryable).toBe(true);
    other.destroy();
    await small.close();
  });

  it('leaves no socket behind when it is closed while connecting', async () => {
    const accepted = Promise.withResolvers<{ end: Promise<unknown> }>();
    const hole = await startServer((socket) => {
      accepted.resolve({ end: new Promise((resolve) => socket.resume().once('close', resolve)) });
    });
    const port = new SingleServerPort(portOptions(hole, { connectTimeoutMs: 60_000 }));
    const connecting = port.connect().catch((error: Error) => error.message);
    const { end } = await accepted.promise;
    await port.close();
    expect(await connecting).toContain('is closed');
    await end;
    await hole.close();
  });
});
