// Redis inside the process, for developing and testing jobs without a server: the commands that Drey uses, with the replies of
// Redis 7.0, over TCP on the loopback. Nothing is kept when it closes.
import { createServer, type Server, type Socket } from 'node:net';
import { type Clock, systemClock } from '../../../types/clock.ts';
import { ConnectorError } from '../../../types/errors.ts';
import { COMMANDS } from './command-table.ts';
import { dispatch } from './execute.ts';
import { CommandError, encodeReply } from './replies.ts';
import { ProtocolError, RequestParser } from './request-parser.ts';
import { ServerState } from './server-state.ts';
import { Session } from './session.ts';

const HOST = '127.0.0.1';
/** Replies that a client has not read: beyond this, its next commands wait. */
const MAX_UNREAD = 8 * 1024 * 1024;
/** Replies are sent in pieces of about this size. */
const PIECE = 256 * 1024;

export interface EmbeddedRedisOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Default: none is needed. */
  readonly password?: string;
  /** Default: the system's. Decides what has expired. */
  readonly clock?: Clock;
}

export interface EmbeddedRedis {
  readonly host: string;
  readonly port: number;
  /** Ends all connections. May be called again. */
  close(): Promise<void>;
  /** It does not keep the process alive any more. */
  unref(): void;
}

/** @throws ConnectorError when the port is taken */
export async function startEmbeddedRedis(options: EmbeddedRedisOptions = {}): Promise<EmbeddedRedis> {
  const password =
    options.password === undefined ? undefined : Buffer.from(options.password).toString('latin1');
  const state = new ServerState(COMMANDS, options.clock ?? systemClock, password);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(state, socket);
  });
  const port = await listen(server, options.port ?? 0);
  state.port = port;
  let closed: Promise<void> | null = null;
  return {
    host: HOST,
    port,
    close: () => {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
      return closed;
    },
    unref: () => {
      server.unref();
      server.on('connection', (socket) => socket.unref());
      for (const socket of sockets) socket.unref();
    },
  };
}

let shared: Promise<EmbeddedRedis> | null = null;

/**
 * The one for `'host' = 'embedded'`: started at the first call, shared by the process, in its memory until closed or the
 * process ends. It does not keep the process alive.
 */
export function embeddedRedis(): Promise<EmbeddedRedis> {
  if (shared === null) {
    const starting = startEmbeddedRedis().then((redis) => {
      redis.unref();
      return {
        ...redis,
        close: () => {
          if (shared === starting) shared = null;
          return redis.close();
        },
      };
    });
    shared = starting;
  }
  return shared;
}

/** The one that another thread of the process has started is the one for this thread, too. */
export function useEmbeddedRedis({ host, port }: { readonly host: string; readonly port: number }): void {
  shared = Promise.resolve({ host, port, close: async () => {}, unref() {} });
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new ConnectorError(`The embedded Redis cannot listen on ${HOST}:${port}: ${error.message}`, {
          cause: error,
          retryable: false,
        }),
      );
    });
    server.listen(port, HOST, () => {
      const address = server.address();
      if (address === null || typeof address === 'string')
        reject(new ConnectorError('The embedded Redis has no port.'));
      else resolve(address.port);
    });
  });
}

/** Answers one client until it leaves. */
function serve(state: ServerState, socket: Socket): void {
  const parser = new RequestParser();
  let ending = false;
  const session = new Session(state, {
    address: `${socket.remoteAddress}:${socket.remotePort}`,
    localAddress: `${socket.localAddress}:${socket.localPort}`,
    close: (afterReply) => {
      ending = true;
      if (!afterReply) socket.destroy();
    },
    push: (text) => void socket.write(text, 'latin1'),
  });
  const answer = () => {
    let replies = '';
    const send = () => {
      if (replies !== '') socket.write(replies, 'latin1');
      replies = '';
    };
    try {
      while (!ending && socket.writableLength < MAX_UNREAD) {
        const words = parser.next();
        if (words === null) break;
        replies += encodeReply(dispatch(state, session, words), session.protocol);
        if (replies.length > PIECE) send();
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      replies += encodeReply(new CommandError(`ERR Protocol error: ${error.message}`), session.protocol);
      ending = true;
    }
    send();
    state.tellChanges();
    if (ending) socket.end();
    else if (socket.writableLength >= MAX_UNREAD) socket.pause();
  };
  socket.on('data', (chunk) => {
    if (ending) return;
    parser.feed(chunk);
    answer();
  });
  socket.on('drain', () => {
    socket.resume();
    answer();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    ending = true;
    session.end();
  });
}
