// From nothing to a connection that takes commands: connect, log in, select, and learn how the server calls us, in one round
// trip and within `connect.timeout`.
import type { Clock } from '../../../types/clock.ts';
import type { ConnectorError } from '../../../types/errors.ts';
import { CommandBatch } from './command-batch.ts';
import { type ClientIdentity, Connection } from './connection.ts';
import {
  cannotConnect,
  cannotReach,
  connectTimedOut,
  handshakeRefused,
  isTooManyClients,
} from './connection-errors.ts';
import type { Endpoint } from './endpoint.ts';
import { fencesOf, forgetFences } from './fences.ts';
import { type PortOptions, RedisReplyError, type Reply } from './port.ts';
import { SocketInput } from './socket-input.ts';

export interface HandshakeOptions
  extends Pick<
    PortOptions,
    'username' | 'password' | 'database' | 'connectTimeoutMs' | 'socketTimeoutMs' | 'clientName'
  > {
  /** Put before `username` and `password` where an error names these options. */
  readonly optionPrefix?: 'sentinel.';
  /** What the server must be: a master, or one that has a master's data (a master, or a replica that is linked to its own). */
  readonly role?: 'master' | 'up-to-date';
  /** Asks a replica of a cluster to answer reads. */
  readonly readsFromReplica?: boolean;
}

export interface OpenedConnection {
  readonly connection: Connection;
  /** Why connections to be fenced could not be; null when they are gone or there were none. */
  readonly fenceRefusal: string | null;
}

/**
 * When it resolves, connections to this server that were left with commands unanswered are gone (fences.ts).
 * @param signal gives up at once; its reason is a ConnectorError
 * @throws ConnectorError `Cannot connect to Redis at …`
 */
export function openConnection(
  endpoint: Endpoint,
  options: HandshakeOptions,
  clock: Clock,
  signal?: AbortSignal,
): Promise<OpenedConnection> {
  const input = new SocketInput();
  const socket = endpoint.open(input.onread);
  return new Promise((resolve, reject) => {
    let phase = 'no connection';
    let connection: Connection | null = null;
    const settle = () => {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
    };
    const fail = (error: ConnectorError) => {
      settle();
      connection?.destroy(error);
      socket.destroy();
      reject(error);
    };
    const timer = clock.schedule(options.connectTimeoutMs, () =>
      fail(connectTimedOut(endpoint.label, phase, options.connectTimeoutMs)),
    );
    const onAbort = () => fail(signal?.reason as ConnectorError);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    socket.on('error', (error: Error) => {
      if (connection === null) fail(cannotReach(endpoint.label, error)); // later ones are the connection's
    });
    if (endpoint.readyEvent === 'secureConnect') {
      socket.once('connect', () => {
        phase = 'connected, but no TLS handshake';
      });
    }
    socket.once(endpoint.readyEvent, () => {
      phase = 'connected, but no answer';
      connection = new Connection(socket, input, endpoint, clock);
      const fences = fencesOf(endpoint.label);
      const steps = handshake(options, fences);
      connection
        .request(batchOf(steps))
        .then((replies) => {
          const opened = finish(connection!, steps, replies, endpoint.label, options);
          settle();
          // Where this user may not, another may.
          if (opened.fenceRefusal === null) forgetFences(endpoint.label, fences);
          opened.connection.socketTimeoutMs = options.socketTimeoutMs;
          resolve(opened);
        })
        .catch((error: ConnectorError) => fail(asConnectError(endpoint, error)));
    });
  });
}

type Step = 'AUTH' | 'SELECT' | 'SETNAME' | 'ID' | 'INFO' | 'KILL' | 'ROLE' | 'READONLY';
type Steps = readonly (readonly [step: Step, command: readonly string[]])[];

function handshake(options: HandshakeOptions, fences: readonly ClientIdentity[]): Steps {
  const steps: [Step, string[]][] = [];
  if (options.password !== undefined) {
    const user = options.username === undefined ? [] : [options.username];
    steps.push(['AUTH', ['AUTH', ...user, options.password]]);
  }
  if (options.database !== 0) steps.push(['SELECT', ['SELECT', String(options.database)]]);
  if (options.clientName !== undefined) steps.push(['SETNAME', ['CLIENT', 'SETNAME', options.clientName]]);
  steps.push(['ID', ['CLIENT', 'ID']], ['INFO', ['CLIENT', 'INFO']]);
  if (options.role !== undefined) steps.push(['ROLE', ['ROLE']]);
  if (options.readsFromReplica) steps.push(['READONLY', ['READONLY']]);
  for (const { id, address } of fences) {
    const filter = address === null ? [] : ['ADDR', address];
    steps.push(['KILL', ['CLIENT', 'KILL', 'ID', id, ...filter]]);
  }
  return steps;
}

function batchOf(steps: Steps): CommandBatch {
  const batch = new CommandBatch(1024);
  for (const [, command] of steps) batch.add(command);
  return batch;
}

function finish(
  connection: Connection,
  steps: Steps,
  replies: readonly Reply[],
  label: string,
  options: HandshakeOptions,
): OpenedConnection {
  let id: string | null = null;
  let address: string | null = null;
  let fenceRefusal: string | null = null;
  steps.forEach(([step], i) => {
    const reply = replies[i];
    if (reply instanceof RedisReplyError) {
      // Without CLIENT (not permitted, too old a server) everything works but fencing.
      const needed = step === 'AUTH' || step === 'SELECT';
      if (needed || !(reply.code === 'NOPERM' || reply.code === 'ERR') || isTooManyClients(reply)) {
        throw handshakeRefused(
          label,
          reply,
          needed ? step : 'CLIENT',
          options.database,
          options.optionPrefix,
        );
      }
      if (step === 'KILL') fenceRefusal = reply.message;
      if (step === 'ID') connection.identityRefusal = reply.message;
    } else if (step === 'ID') {
      id = String(reply);
    } else if (step === 'INFO') {
      address = /(?:^| )addr=(\S+)/.exec(String(reply))?.[1] ?? null;
    } else if (step === 'ROLE') {
      const problem = roleProblem(reply, options.role);
      if (problem !== null) throw cannotConnect(label, problem, true);
    }
  });
  connection.identity = id === null ? null : { id, address };
  return { connection, fenceRefusal };
}

/** What is wrong with the reply to ROLE: `master …`, `slave host port connected …`. */
function roleProblem(reply: Reply | undefined, wanted: HandshakeOptions['role']): string | null {
  const [role, , , link] = Array.isArray(reply) ? reply : [];
  if (role === 'master') return null;
  if (wanted === 'master') return 'it is a replica, not the master';
  return link === 'connected' ? null : 'it is a replica without a link to its master';
}

/** A break in the middle of the handshake is a failure to connect, too. */
function asConnectError(endpoint: Endpoint, error: ConnectorError): ConnectorError {
  if (error.message.startsWith('Cannot connect')) return error;
  // A server that speaks TLS hangs up on whoever does not.
  const hint = endpoint.readyEvent === 'connect' ? "; if the server speaks TLS, set 'cacert.filepath'" : '';
  return cannotConnect(endpoint.label, `${error.message}${hint}`, error.retryable, error);
}
