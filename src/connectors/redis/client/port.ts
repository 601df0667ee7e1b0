// The narrow door between the connector and Redis. Behind it: one server, a cluster, sentinels, TLS. Before it: modes,
// sinks and lookups that know commands and replies only.
import type { EncodedText } from '../../../types/encoded-text.ts';
import type { ConnectorError } from '../../../types/errors.ts';
import type { CommandBatch } from './command-batch.ts';

/** An error that the server answered (`-WRONGTYPE …`). Never thrown by the port itself: it stands in the command's place. */
export class RedisReplyError {
  /** `WRONGTYPE`, `MOVED`, `ERR` … */
  readonly code: string;
  /** The server's text, the code included, less what it repeats of the command (AUTH's password too) and the user's name. */
  readonly message: string;
  constructor(words: string) {
    const message = words
      .replace(/,? with args beginning with:.*$/s, '')
      .replace(/^NOPERM User .* has no permissions/s, 'NOPERM this user has no permissions');
    this.message = message;
    const space = message.indexOf(' ');
    this.code = space < 0 ? message : message.slice(0, space);
  }
}

/**
 * Bulk and simple strings are decoded as UTF-8; RESP3 maps come as flat arrays; nil is null. EncodedText comes only where
 * `encodedReplies` of the batch allows it.
 */
export type Reply =
  | string
  | EncodedText
  | number
  | bigint
  | boolean
  | null
  | RedisReplyError
  | readonly Reply[];

/** The first command of a batch that the server refused for good. */
export interface WriteFailure {
  /** Position of the command in its batch. */
  readonly index: number;
  readonly error: RedisReplyError;
}

/**
 * Several batches may be in flight; they reach the server in the order of the calls (per key in a cluster).
 *
 * Both calls reconnect with back-off and send what is unanswered again, in order, within a bounded time when the
 * connection breaks or the server answers LOADING, CLUSTERDOWN, TRYAGAIN, READONLY, MASTERDOWN or NOREPLICAS; then they reject
 * with a ConnectorError. MOVED and ASK are followed. A batch belongs to the port until its promise settles.
 */
export interface RedisPort {
  /** Opens a first connection: reports a wrong host, password or database at once. */
  connect(): Promise<void>;
  /** One reply a command, in order. Refusals (WRONGTYPE …) stand in the command's place. */
  pipeline(batch: CommandBatch): Promise<readonly Reply[]>;
  /** For writes whose replies carry nothing: builds no reply objects. Null when no command was refused. */
  write(batch: CommandBatch): Promise<WriteFailure | null>;
  /**
   * The masters as they are now: the one server, every master of a cluster, the master that sentinels name. For what
   * concerns servers and not keys: SCAN, WAIT, client tracking.
   */
  nodes(): Promise<readonly RedisNode[]>;
  /** The one of them that a key belongs to. */
  nodeOf(key: string): Promise<RedisNode>;
  /** How the keys are spread over the servers. Where it is the same before and after, and no key moves, none has moved. */
  layout(): Promise<Layout>;
  /** Counters since the start, for the metrics. */
  readonly stats: PortStats;
  /** Waits for what is in flight (bounded by socket.timeout), then closes every connection. */
  close(): Promise<void>;
}

export interface Layout {
  /** Another text when the owner of any key has changed. */
  readonly version: string;
  /** Keys are on their way from server to server. */
  readonly moving: boolean;
}

/** One master. */
export interface RedisNode {
  /** `host:port`; another one when another server has taken its place. */
  readonly label: string;
  /** As the port's `pipeline`, asked of this server and no other: redirections stand in the command's place. */
  pipeline(batch: CommandBatch): Promise<readonly Reply[]>;
  /** A connection of the caller's own, logged in. The caller destroys it. Not tried again. */
  open(): Promise<OwnConnection>;
  /** The same for reads only: where lookups go to replicas, to one of this master's, if any answers. */
  openReader(): Promise<OwnConnection>;
}

/** A connection outside of the pool, for what the server remembers of a connection. */
export interface OwnConnection {
  readonly usable: boolean;
  /** Rejects when the connection breaks or the server is silent for `socket.timeout`. */
  request(batch: CommandBatch): Promise<readonly Reply[]>;
  /** Told what comes unasked (RESP3 pushes). */
  onPush: ((message: readonly Reply[]) => void) | null;
  /** Told once, when it broke or was destroyed. */
  onClose: ((error: ConnectorError, unanswered: boolean) => void) | null;
  destroy(error: ConnectorError): void;
}

export interface PortStats {
  bytesSent: number;
  commandsSent: number;
  reconnects: number;
  resentCommands: number;
  redirects: number;
  /** Milliseconds from the sending of the last answered batch to its last reply (`currentSendTime`). */
  lastRoundTripMs: number;
}

export function newPortStats(): PortStats {
  return {
    bytesSent: 0,
    commandsSent: 0,
    reconnects: 0,
    resentCommands: 0,
    redirects: 0,
    lastRoundTripMs: 0,
  };
}

/** Everything that a port to one server needs to know, already validated. */
export interface PortOptions extends CommonPortOptions {
  readonly host: string;
  readonly port: number;
}

/** What ports to every kind of deployment need to know. Times in milliseconds. */
export interface CommonPortOptions {
  readonly username?: string;
  /** Never logged, never in an error. No AUTH is sent without it. */
  readonly password?: string;
  readonly database: number;
  readonly connectTimeoutMs: number;
  readonly socketTimeoutMs: number;
  readonly pool: { readonly maxTotal: number; readonly maxIdle: number; readonly minIdle: number };
  /** How long a batch may be retried before it fails. */
  readonly retryTimeoutMs: number;
  readonly clientName?: string;
}
