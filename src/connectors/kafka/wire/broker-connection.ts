// One connection to one broker: requests go out in order, responses come back in order. A request that is not answered in
// time ends the connection, because nothing later on it can be trusted to be on time.
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { Clock, Timer } from '../../../types/clock.ts';
import { ConnectorError } from '../../../types/errors.ts';
import { API_VERSIONS, type Api, parseApiVersions } from './apis.ts';
import { NetworkError } from './broker-errors.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { FrameAssembler, ProtocolError } from './frames.ts';
import type { SaslCredentials } from './sasl-credentials.ts';

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

export interface BrokerConnectionOptions extends BrokerAddress {
  readonly clientId: string;
  /** Null: no TLS. */
  readonly tls: ConnectionOptions | null;
  /** Null: no SASL. */
  readonly sasl: SaslCredentials | null;
  /** Covers the connection, TLS, the first request and SASL. */
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
}

interface Pending {
  readonly correlationId: number;
  readonly api: Api;
  readonly timer: Timer;
  resolve(reader: ByteReader): void;
  reject(error: Error): void;
}

/** How a request is written and its response read. */
export interface RequestBody<T> {
  write(writer: ByteWriter, version: number): void;
  read(reader: ByteReader, version: number): T;
}

/** A certificate that does not convince, or a peer that is no broker: trying again gives the same. */
function isForGood(cause: unknown): boolean {
  if (cause instanceof ProtocolError) return true;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/.test(code);
}

export class BrokerConnection {
  readonly #options: BrokerConnectionOptions;
  readonly #socket: Socket;
  readonly #pending: Pending[] = [];
  readonly #onClosed: (() => void)[] = [];
  #versions: ReadonlyMap<number, readonly [number, number]> | null = null;
  #correlationId = 0;
  #closed: Error | null = null;

  private constructor(options: BrokerConnectionOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
  }

  /** Connects, asks for the broker's API versions, logs in. @throws NetworkError, ConnectorError for a login that is refused */
  static async open(options: BrokerConnectionOptions): Promise<BrokerConnection> {
    const { clock, connectTimeoutMs } = options;
    const opened = Promise.withResolvers<void>();
    // node:tls and node:crypto take 10 ms to load.
    const tls = options.tls === null ? null : await import('node:tls');
    const connection: BrokerConnection = BrokerConnection.#start(options, opened, tls?.connect ?? null);
    const timer = clock.schedule(
      connectTimeoutMs,
      () => connection.destroy(`no answer within ${connectTimeoutMs} ms`),
      true,
    );
    try {
      await opened.promise;
      connection.#versions = await connection.request(API_VERSIONS, {
        write: () => {},
        read: parseApiVersions,
      });
      if (options.sasl !== null) {
        const { authenticate } = await import('./sasl.ts');
        await authenticate(connection, options.sasl);
      }
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    } finally {
      timer.cancel();
    }
  }

  static #start(
    options: BrokerConnectionOptions,
    opened: PromiseWithResolvers<void>,
    connectTls: typeof import('node:tls').connect | null,
  ): BrokerConnection {
    const { host, port, tls } = options;
    const frames = new FrameAssembler((frame) => connection.#answer(frame));
    const receive = (take: () => void): void => {
      try {
        take();
      } catch (error) {
        connection.#end(error instanceof Error ? error.message : String(error), error);
      }
    };
    const socket =
      connectTls === null
        ? connectPlain({
            host,
            port,
            onread: {
              buffer: () => frames.space(),
              callback: (count) => {
                receive(() => frames.filled(count));
                return true;
              },
            },
          })
        : connectTls({ ...tls, host, port, ...(isIP(host) === 0 ? { servername: host } : {}) });
    const connection = new BrokerConnection(options, socket);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    if (tls !== null) socket.on('data', (chunk: Buffer) => receive(() => frames.append(chunk)));
    socket.once(tls === null ? 'connect' : 'secureConnect', () => opened.resolve());
    socket.on('error', (error) => connection.#end(error.message, error));
    socket.on('close', () => connection.#end('the broker closed the connection'));
    connection.onClosed(() => opened.reject(connection.#closed));
    return connection;
  }

  get address(): string {
    return `${this.#options.host}:${this.#options.port}`;
  }

  get closed(): boolean {
    return this.#closed !== null;
  }

  /** Called once, when the connection has ended for whatever reason; at once when it has ended already. */
  onClosed(listener: () => void): void {
    if (this.#closed !== null) listener();
    else this.#onClosed.push(listener);
  }

  /** The newest version of an API that both sides speak. @throws ConnectorError when there is none */
  versionOf(api: Api): number {
    const range = this.#versions?.get(api.key);
    if (this.#versions === null) return api.max;
    if (range === undefined || range[0] > api.max || range[1] < api.min) {
      const spoken = range === undefined ? 'not at all' : `in versions ${range[0]} to ${range[1]}`;
      throw new ConnectorError(
        `Kafka broker ${this.address} speaks ${api.name} ${spoken}, but ${api.min} to ${api.max} is needed (Kafka 2.1 or newer)`,
        { retryable: false },
      );
    }
    return Math.min(api.max, range[1]);
  }

  /**
   * Sends a request and reads its response.
   * @param waitMs how long the broker itself may wait before it answers, on top of the request's timeout
   * @throws NetworkError when the connection ends first or the answer is too late
   */
  async request<T>(api: Api, body: RequestBody<T>, waitMs = 0): Promise<T> {
    const version = this.versionOf(api);
    const reader = await new Promise<ByteReader>((resolve, reject) => {
      if (this.#closed !== null) {
        reject(this.#closed);
        return;
      }
      const correlationId = this.#write(api, version, body);
      const limit = this.#options.requestTimeoutMs + waitMs;
      const timer = this.#options.clock.schedule(limit, () =>
        this.destroy(`no answer to ${api.name} within ${limit} ms`),
      );
      this.#pending.push({ correlationId, api, timer, resolve, reject });
    });
    return body.read(reader, version);
  }

  /** Sends a request that has no response (Produce with acks = 0). Resolves when it has left this process. */
  sendOnly(api: Api, body: Pick<RequestBody<unknown>, 'write'>): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== null) {
        reject(this.#closed);
        return;
      }
      this.#write(api, this.versionOf(api), body, (error) => {
        if (error === undefined || error === null) resolve();
        else reject(this.#closed ?? new NetworkError(`Kafka broker ${this.address}: ${error.message}`));
      });
    });
  }

  #write(
    api: Api,
    version: number,
    body: Pick<RequestBody<unknown>, 'write'>,
    onSent?: (error?: Error | null) => void,
  ): number {
    this.#correlationId = (this.#correlationId + 1) & 0x7fffffff;
    const writer = new ByteWriter();
    writer.int32(0).int16(api.key).int16(version).int32(this.#correlationId);
    writer.nullableString(this.#options.clientId);
    body.write(writer, version);
    writer.setInt32(0, writer.length - 4);
    this.#socket.write(writer.view(), onSent);
    return this.#correlationId;
  }

  #answer(frame: Buffer): void {
    const pending = this.#pending.shift();
    const correlationId = frame.readInt32BE(0);
    if (pending === undefined || pending.correlationId !== correlationId) {
      this.#end(`an answer to request ${correlationId}, which nobody waits for`);
      return;
    }
    pending.timer.cancel();
    pending.resolve(new ByteReader(frame, 4));
  }

  /** Ends the connection with a reason of ours. */
  destroy(reason: string): void {
    this.#end(reason);
  }

  #end(reason: string, cause?: unknown): void {
    if (this.#closed !== null) return;
    const doing = this.#pending[0] === undefined ? '' : ` (${this.#pending[0].api.name})`;
    const error = new NetworkError(`Kafka broker ${this.address}: ${reason}${doing}`, {
      ...(cause === undefined ? {} : { cause }),
      retryable: !isForGood(cause),
    });
    this.#closed = error;
    this.#socket.destroy();
    for (const pending of this.#pending.splice(0)) {
      pending.timer.cancel();
      pending.reject(error);
    }
    for (const listener of this.#onClosed.splice(0)) listener();
  }

  close(): void {
    this.#end('connection closed');
  }
}
