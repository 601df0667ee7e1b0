import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SocketInput } from '../../../../../src/connectors/redis/client/socket-input.ts';

let server: Server;
let theirs: Socket;
let ours: Socket;
let input: SocketInput;

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  input = new SocketInput();
  const { port } = server.address() as { port: number };
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  ours = connect({ port, host: '127.0.0.1', onread: input.onread });
  [theirs] = await accepted;
});

afterEach(async () => {
  ours.destroy();
  theirs.destroy();
  server.close();
  await once(server, 'close');
});

/** Bytes that tell where in the stream they stood. */
const numbered = (bytes: number) => {
  const all = Buffer.alloc(bytes);
  for (let at = 0; at + 4 <= bytes; at += 4) all.writeUInt32LE(at, at);
  return all;
};

describe('what a socket reads', () => {
  test('chunks that are kept stay as they are, the others are written over', async () => {
    const sent = numbered(2_000_000);
    const kept: Buffer[] = [];
    let received = 0;
    let chunks = 0;
    const done = Promise.withResolvers<void>();
    input.handTo({
      received(chunk) {
        const keep = chunks++ % 3 !== 0;
        if (keep) kept.push(chunk);
        else kept.push(Buffer.from(chunk));
        received += chunk.length;
        if (received === sent.length) done.resolve();
        return keep;
      },
      readsOn: () => true,
    });
    ours.resume();
    theirs.write(sent);
    await done.promise;
    expect(Buffer.concat(kept).equals(sent)).toBe(true);
    expect(new Set(kept.map(({ buffer }) => buffer)).size).toBeLessThan(kept.length);
  });

  test('nothing is read until it goes on', async () => {
    const chunks: Buffer[] = [];
    let first = Promise.withResolvers<void>();
    input.handTo({
      received(chunk) {
        chunks.push(Buffer.from(chunk));
        first.resolve();
        return false;
      },
      readsOn: () => false,
    });
    ours.resume();
    theirs.write('one');
    await first.promise;
    theirs.write('two');
    await new Promise((resolve) => theirs.write('three', resolve));
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(chunks.map(String)).toEqual(['one']);
    first = Promise.withResolvers();
    ours.resume();
    await first.promise;
    expect(chunks.map(String).join('')).toMatch(/^onetwo/);
  });

  test('what came before anyone listened is handed over first', async () => {
    theirs.write('hello ');
    await expect.poll(() => ours.bytesRead).toBe(6);
    const chunks: Buffer[] = [];
    input.handTo({
      received(chunk) {
        chunks.push(Buffer.from(chunk));
        return false;
      },
      readsOn: () => true,
    });
    ours.resume();
    theirs.write('there');
    await expect.poll(() => Buffer.concat(chunks).toString()).toBe('hello there');
  });
});
