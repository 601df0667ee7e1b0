// Asks sentinels. One connection is kept to the sentinel that answered last; when it fails, the others are tried in turn.
import type { Clock } from '../../../../types/clock.ts';
import { ConnectorError } from '../../../../types/errors.ts';
import { CommandBatch } from '../command-batch.ts';
import type { Connection } from '../connection.ts';
import { portClosed } from '../connection-errors.ts';
import type { Endpoint } from '../endpoint.ts';
import { type HandshakeOptions, openConnection } from '../handshake.ts';
import { RedisReplyError, type Reply } from '../port.ts';

export interface SentinelSettings {
  /** `sentinel.master` */
  readonly master: string;
  /** At least one. */
  readonly sentinels: readonly Endpoint[];
  readonly handshake: HandshakeOptions;
  readonly clock: Clock;
}

/** How a sentinel knows a server. */
export interface KnownServer {
  readonly host: string;
  readonly port: number;
  /** The sentinel does not think it down. Whether it has the master's data is asked of the server itself. */
  readonly healthy: boolean;
}

export class SentinelClient {
  readonly #settings: SentinelSettings;
  #sentinels: Endpoint[];
  #connection: Connection | null = null;
  #closed: ConnectorError | null = null;
  /** Told when the sentinel that is connected says that the master was replaced. */
  onSwitch: (() => void) | null = null;

  constructor(settings: SentinelSettings) {
    this.#settings = settings;
    this.#sentinels = [...settings.sentinels];
  }

  /** @throws ConnectorError when no sentinel answers, or none knows the master */
  async master(signal: AbortSignal): Promise<KnownServer> {
    return await this.#firstAnswer(signal, async (connection) => {
      const reply = await this.#ask(connection, 'GET-MASTER-ADDR-BY-NAME');
      if (!Array.isArray(reply)) return null;
      return { host: String(reply[0]), port: Number(reply[1]), healthy: true };
    });
  }

  /** @throws ConnectorError */
  async replicas(signal: AbortSignal): Promise<readonly KnownServer[]> {
    return await this.#firstAnswer(signal, async (connection) => {
      const reply = await this.#ask(connection, 'REPLICAS');
      return Array.isArray(reply) ? reply.map(describedServer) : null;
    });
  }

  close(): void {
    this.#closed ??= portClosed(this.#settings.master);
    this.#connection?.destroy(this.#closed);
    this.#connection = null;
  }

  async #firstAnswer<T>(
    signal: AbortSignal,
    question: (connection: Connection) => Promise<T | null>,
  ): Promise<T> {
    const problems: string[] = [];
    let retryable = false;
    for (const sentinel of [...this.#sentinels]) {
      if (this.#closed !== null) throw this.#closed;
      try {
        const answer = await question(await this.#connected(sentinel, signal));
        if (answer !== null) return answer;
        problems.push(`${sentinel.label} does not know this master`);
      } catch (error) {
        if (!(error instanceof ConnectorError) || signal.aborted) throw error;
        retryable ||= error.retryable;
        problems.push(error.message);
      }
      this.#leave(sentinel);
    }
    throw new ConnectorError(
      `No sentinel names the master '${this.#settings.master}' (options 'sentinel.master', 'sentinel.nodes'): ${problems.join('; ')}`,
      { retryable },
    );
  }

  async #ask(connection: Connection, question: string): Promise<Reply> {
    const batch = new CommandBatch(256);
    batch.add(['SENTINEL', question, this.#settings.master]);
    const [reply] = await connection.request(batch);
    if (!(reply instanceof RedisReplyError)) return reply!;
    if (/No such master/i.test(reply.message)) return null;
    throw new ConnectorError(`A sentinel says: ${reply.message}`, { retryable: reply.code !== 'NOPERM' });
  }

  /** A connection to the first in the list; others are reached by leaving it. */
  async #connected(sentinel: Endpoint, signal: AbortSignal): Promise<Connection> {
    if (this.#connection?.usable) return this.#connection;
    const { handshake, clock } = this.#settings;
    const { connection } = await openConnection(sentinel, handshake, clock, signal);
    if (this.#closed !== null) {
      connection.destroy(this.#closed);
      throw this.#closed;
    }
    // Two questions at a time may both have connected: one connection is enough.
    this.#connection?.destroy(portClosed(sentinel.label));
    this.#connection = connection;
    await this.#subscribe(connection);
    return connection;
  }

  /** The sentinel tells of a switch at once. One that is too old for it (before Redis 6) is asked now and then only. */
  async #subscribe(connection: Connection): Promise<void> {
    const batch = new CommandBatch(256);
    batch.add(['HELLO', '3']);
    const [hello] = await connection.request(batch);
    if (hello instanceof RedisReplyError) return;
    const { master } = this.#settings;
    connection.onPush = ([kind, , text]) => {
      // `message +promoted-slave slave <name> <host> <port> @ <master> <old host> <old port>`: the moment from which the sentinel
      // names the new master; and at the end `message +switch-master <master> <old host> <old port> <new host> <new port>`
      const words = String(text).split(' ');
      if (kind === 'message' && (words[0] === master || words[5] === master)) this.onSwitch?.();
    };
    batch.reset();
    // SUBSCRIBE is answered by a push: PING has the one reply.
    batch.add(['SUBSCRIBE', '+promoted-slave', '+switch-master']);
    batch.add1('PING');
    await new Promise<void>((resolve, reject) => {
      connection.send(batch.bytes(), {
        count: 1,
        wantsReplies: true,
        reply() {},
        done: resolve,
        failed: reject,
      });
    });
  }

  /** Puts a sentinel that was of no use at the end of the list. */
  #leave(sentinel: Endpoint): void {
    this.#connection?.destroy(portClosed(sentinel.label));
    this.#connection = null;
    if (this.#sentinels[0] === sentinel) this.#sentinels = [...this.#sentinels.slice(1), sentinel];
  }
}

/** One element of SENTINEL REPLICAS: names and values in turn. */
function describedServer(reply: Reply): KnownServer {
  const fields = new Map<string, string>();
  const words = Array.isArray(reply) ? reply : [];
  for (let i = 0; i + 1 < words.length; i += 2) fields.set(String(words[i]), String(words[i + 1]));
  const flags = (fields.get('flags') ?? '').split(',');
  return {
    host: fields.get('ip') ?? '',
    port: Number(fields.get('port')),
    healthy: !flags.some((flag) => flag === 's_down' || flag === 'o_down'),
  };
}
