// The proxy does to connections what its methods say, and leaves nothing behind.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../../support/redis-table.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';

interface Echo {
  readonly server: Server;
  readonly port: number;
  readonly sockets: Socket[];
  received: string;
}

let echo: Echo;
let proxy: TcpProxy;
const clients: Client[] = [];

/** Answers every byte with itself, in upper case. */
async function startEcho(): Promise<Echo> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    socket.setEncoding('latin1').on('data', (text: string) => {
      made.received += text;
      socket.write(text.toUpperCase());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const made: Echo = { server, port: (server.address() as { port: number }).port, sockets, received: '' };
  return made;
}

class Client {
  readonly socket: Socket;
  received = '';
  ended = false;
  error: string | null = null;

  constructor(at: { host: string; port: number }) {
    this.socket = connect({ host: at.host, port: at.port, allowHalfOpen: true });
    this.socket.setEncoding('latin1').on('data', (text: string) => {
      this.received += text;
    });
    this.socket.on('end', () => {
      this.ended = true;
    });
    this.socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error.code ?? error.message;
    });
    clients.push(this);
  }

  async has(text: string): Promise<void> {
    await eventually(() => this.received === text);
  }
}

beforeEach(async () => {
  echo = await startEcho();
  proxy = await TcpProxy.start({ host: '127.0.0.1', port: echo.port });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.destroy();
  await proxy.close();
  for (const socket of echo.sockets) socket.destroy();
  await new Promise((resolve) => echo.server.close(resolve));
});

test('passes bytes and ends both ways, and counts them', async () => {
  const client = new Client(proxy);
  client.socket.end('hello');
  await client.has('HELLO');
  await eventually(() => client.ended);
  expect(proxy.accepted).toBe(1);
  expect(proxy.bytes).toEqual({ up: 5, down: 5 });
  await eventually(() => proxy.links.length === 0);
});

test('passes more than any buffer holds, without keeping it', async () => {
  const client = new Client(proxy);
  const text = 'abcdefgh'.repeat(1 << 20);
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, proxy.links[0]?.held('up') ?? 0);
  }, 1);
  client.socket.write(text);
  await eventually(() => client.received.length === text.length).finally(() => clearInterval(timer));
  expect(client.received).toBe(text.toUpperCase());
  expect(most).toBeLessThan(512 * 1024);
});

test('cuts now: the client sees a reset', async () => {
  const client = new Client(proxy);
  client.socket.write('a');
  await client.has('A');
  proxy.cut();
  await eventually(() => client.error === 'ECONNRESET');
  await eventually(() => echo.sockets[0]!.destroyed);
  expect(proxy.links).toEqual([]);
});

test('cuts in the middle of an answer, to the byte, once', async () => {
  const client = new Client(proxy);
  proxy.cutAfter('down', 3);
  client.socket.write('hello');
  await eventually(() => client.error === 'ECONNRESET');
  expect(client.received).toBe('HEL');
  const whole = new Client(proxy);
  proxy.cutAfter('down', 5);
  whole.socket.write('hello');
  await eventually(() => whole.error === 'ECONNRESET');
  expect(whole.received).toBe('HELLO');
  const next = new Client(proxy);
  next.socket.write('hello');
  await next.has('HELLO');
});

test('stalls one direction, and passes on later what came meanwhile', async () => {
  const client = new Client(proxy);
  client.socket.write('a');
  await client.has('A');
  proxy.stall(['down'], false);
  client.socket.write('b');
  await eventually(() => echo.received === 'ab');
  await eventually(() => proxy.newest.held('down') === 1);
  expect(client.received).toBe('A');
  const other = new Client(proxy);
  other.socket.write('c');
  await other.has('C');
  proxy.resume();
  await client.has('AB');
});

test('hides the end of the client from the server while it stalls', async () => {
  const client = new Client(proxy);
  client.socket.write('a');
  await client.has('A');
  proxy.stall();
  client.socket.write('late');
  await eventually(() => proxy.newest.held('up') === 4);
  client.socket.resetAndDestroy();
  const late = new Client(proxy);
  late.socket.write('x');
  await eventually(() => proxy.newest.held('up') === 1);
  expect(echo.received).toBe('a');
  expect(echo.sockets[0]!.destroyed).toBe(false);
  proxy.resume();
  await eventually(() => echo.received === 'alatex');
  await eventually(() => echo.sockets[0]!.destroyed);
  await late.has('X');
});

test('delays each way', async () => {
  proxy.delay(40);
  const client = new Client(proxy);
  const start = performance.now();
  client.socket.write('a');
  await client.has('A');
  expect(performance.now() - start).toBeGreaterThanOrEqual(80);
});

test('limits the rate', async () => {
  proxy.throttle(100_000);
  const client = new Client(proxy);
  const start = performance.now();
  client.socket.write('x'.repeat(20_000));
  await client.has('X'.repeat(20_000));
  expect(performance.now() - start).toBeGreaterThan(150);
});

test('half-closes one direction', async () => {
  const client = new Client(proxy);
  client.socket.write('a');
  await client.has('A');
  proxy.newest.halfClose('down');
  await eventually(() => client.ended);
  client.socket.write('b');
  await eventually(() => echo.received === 'ab');
});

test('accepts in silence, refuses, and accepts again', async () => {
  proxy.silent = true;
  const silenced = new Client(proxy);
  silenced.socket.write('a');
  await eventually(() => proxy.accepted === 1);
  proxy.silent = false;
  proxy.refuse();
  const refused = new Client(proxy);
  await eventually(() => refused.error === 'ECONNREFUSED');
  await proxy.accept();
  const client = new Client(proxy);
  client.socket.write('b');
  await client.has('B');
  expect(silenced.received).toBe('');
  expect(echo.received).toBe('b');
});

test('leads new connections elsewhere', async () => {
  const client = new Client(proxy);
  client.socket.write('a');
  await client.has('A');
  const other = await startEcho();
  proxy.setUpstream({ host: '127.0.0.1', port: other.port });
  const moved = new Client(proxy);
  moved.socket.write('m');
  await moved.has('M');
  client.socket.write('b');
  await client.has('AB');
  expect([echo.received, other.received]).toEqual(['ab', 'm']);
  for (const socket of other.sockets) socket.destroy();
  await new Promise((resolve) => other.server.close(resolve));
});

test('resets a client whose server refuses', async () => {
  await new Promise((resolve) => echo.server.close(resolve));
  const client = new Client(proxy);
  await eventually(() => client.error === 'ECONNRESET');
});
