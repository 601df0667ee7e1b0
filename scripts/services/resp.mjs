// A few commands to a Redis server while it is set up: no client library, no connection kept.
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { HOST } from './process.mjs';

/** Reads one reply at `at`; answers `[value, next]`, or null when it is not complete. Errors are thrown by the caller. */
function parse(bytes, at) {
  const end = bytes.indexOf('\r\n', at);
  if (end < 0) return null;
  const head = bytes.toString('utf8', at + 1, end);
  const next = end + 2;
  switch (String.fromCharCode(bytes[at])) {
    case '+':
      return [head, next];
    case '-':
      return [new Error(head), next];
    case ':':
      return [Number(head), next];
    case '$': {
      const length = Number(head);
      if (length < 0) return [null, next];
      if (bytes.length < next + length + 2) return null;
      return [bytes.toString('utf8', next, next + length), next + length + 2];
    }
    case '*': {
      const items = [];
      let position = next;
      for (let left = Number(head); left > 0; left--) {
        const item = parse(bytes, position);
        if (item === null) return null;
        items.push(item[0]);
        position = item[1];
      }
      return [items, position];
    }
    default:
      throw new Error(`not a RESP reply: ${bytes.toString('utf8', at, Math.min(bytes.length, at + 40))}`);
  }
}

const encode = (words) =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`).join('')}`;

/** Sends `commands` (arrays of words) on one connection and answers their replies; a refusal throws. */
export function redisCommands(port, commands, { password, username, tls, limitMs = 10_000 } = {}) {
  const login = password ? [['AUTH', ...(username ? [username] : []), password]] : [];
  const all = [...login, ...commands];
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const replies = [];
    let at = 0;
    const socket = tls
      ? connectTls({ port, host: HOST, servername: 'localhost', ...tls })
      : connect({ port, host: HOST });
    const fail = (error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(limitMs, () =>
      fail(new Error(`Redis on port ${port} did not answer within ${limitMs} ms`)),
    );
    socket.once(tls ? 'secureConnect' : 'connect', () => socket.write(all.map(encode).join('')));
    socket.once('error', fail);
    socket.once('end', () => fail(new Error(`Redis on port ${port} closed the connection`)));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (
        let item = parse(received, at);
        item !== null;
        item = at < received.length ? parse(received, at) : null
      ) {
        if (item[0] instanceof Error) return fail(item[0]);
        replies.push(item[0]);
        at = item[1];
        if (replies.length === all.length) {
          socket.destroy();
          return resolve(replies.slice(login.length));
        }
      }
    });
  });
}

export async function redisCommand(port, words, options) {
  return (await redisCommands(port, [words], options))[0];
}
