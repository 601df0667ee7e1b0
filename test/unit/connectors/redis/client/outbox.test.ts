import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Outbox } from '../../../../../src/connectors/redis/client/outbox.ts';
import { systemClock } from '../../../../../src/types/clock.ts';

const server = createServer();
let port = 0;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server.close();
});

/** A socket, and what comes out at its other end once so many bytes are there. */
async function pair(): Promise<{ socket: Socket; received: (length: number) => Promise<Buffer> }> {
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const socket = connect(port, '127.0.0.1');
  const [peer] = await accepted;
  return {
    socket,
    async received(length) {
      const parts: Buffer[] = [];
      let bytes = 0;
      if (length > 0) {
        for await (const part of peer as AsyncIterable<Buffer>) {
          parts.push(part);
          bytes += part.length;
          if (bytes >= length) break;
        }
      }
      peer.destroy();
      return Buffer.concat(parts);
    },
  };
}

/** Bytes that tell their place. */
function piece(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = (seed * 31 + i * 7) & 255;
  return bytes;
}

test('whatever the sizes, and whatever belongs to one turn: all bytes arrive in order', async () => {
  const size = fc.oneof(
    fc.integer({ min: 1, max: 300 }),
    fc.integer({ min: 7000, max: 9000 }),
    fc.integer({ min: 30_000, max: 40_000 }),
    fc.integer({ min: 250_000, max: 700_000 }),
  );
  const turns = fc.array(fc.array(size, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(turns, fc.boolean(), async (sizes, careful) => {
      const { socket, received } = await pair();
      const outbox = new Outbox(socket, systemClock, () => {});
      outbox.careful = careful;
      const sent: Buffer[] = [];
      const whole = received(sizes.flat().reduce((a, b) => a + b, 0));
      for (const turn of sizes) {
        for (const length of turn) {
          const bytes = piece(length, sent.length);
          sent.push(Buffer.from(bytes));
          outbox.write(bytes);
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
      const got = await whole;
      socket.destroy();
      outbox.close();
      expect(got.equals(Buffer.concat(sent))).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('small batches of one turn go out in few writes, and none is written before its turn ends or 32 KB are together', async () => {
  const { socket, received } = await pair();
  const outbox = new Outbox(socket, systemClock, () => {});
  let writes = 0;
  const write = socket.write.bind(socket);
  socket.write = (bytes: Uint8Array) => {
    writes++;
    return write(bytes);
  };
  const whole = received(100 * 1000);
  for (let i = 0; i < 100; i++) outbox.write(piece(1000, i));
  expect(outbox.busy).toBe(true);
  expect(writes).toBe(3);
  await new Promise((resolve) => setImmediate(resolve));
  expect(writes).toBe(4);
  expect((await whole).length).toBe(100_000);
  socket.destroy();
});

test('what was gathered is given up with the connection', async () => {
  const { socket } = await pair();
  const outbox = new Outbox(socket, systemClock, () => {});
  outbox.write(piece(10, 1));
  outbox.close();
  expect(outbox.busy).toBe(false);
  await new Promise((resolve) => setImmediate(resolve));
  expect(socket.bytesWritten).toBe(0);
  socket.destroy();
});
