// Where a connection's bytes go: TCP, TLS, or a Unix socket. Nothing else has to know which.
import { connect, type OnReadOpts, type Socket } from 'node:net';

export interface Endpoint {
  /** `host:port`, for messages. Never a secret. */
  readonly label: string;
  /** The event after which the socket takes commands: TLS has more to do than TCP. */
  readonly readyEvent: 'connect' | 'secureConnect';
  /** Starts to connect. The caller owns the socket and limits the time. @param onread of a SocketInput */
  open(onread: OnReadOpts): Socket;
}

/** How to reach the servers of a deployment: all of them in the same way. */
export type Network = (host: string, port: number) => Endpoint;

/** How long an unused connection may be silent before the system asks whether the other end still lives. */
export const KEEP_ALIVE_MS = 30_000;

export function hostAndPortLabel(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * @param connectTimeoutMs what the caller will wait for; a host with several addresses gets its share of it for each, where
 * Node's own quarter of a second would be too short for a distant server
 */
export function tcpEndpoint(host: string, port: number, connectTimeoutMs: number): Endpoint {
  return {
    label: hostAndPortLabel(host, port),
    readyEvent: 'connect',
    open: (onread) =>
      connect({
        host,
        port,
        onread,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_MS,
        autoSelectFamilyAttemptTimeout: perAddress(connectTimeoutMs),
      }),
  };
}

export function unixEndpoint(path: string): Endpoint {
  return { label: path, readyEvent: 'connect', open: (onread) => connect({ path, onread }) };
}

export function perAddress(connectTimeoutMs: number): number {
  return Math.max(250, Math.trunc(connectTimeoutMs / 2));
}
