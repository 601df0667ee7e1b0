// Where a connection's bytes go: TCP, TLS, or a Unix socket. Nothing else has to know which.
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TlsMaterial } from './tls/tls-material.ts';

export interface Endpoint {
  /** `host:port`, for messages. Never a secret. */
  readonly label: string;
  /** The event after which the socket takes commands: TLS has more to do than TCP. */
  readonly readyEvent: 'connect' | 'secureConnect';
  /** Starts to connect. The caller owns the socket and limits the time. */
  open(): Socket;
}

/** How to reach the servers of a deployment: all of them in the same way. */
export type Network = (host: string, port: number) => Endpoint;

/** How long an unused connection may be silent before the system asks whether the other end still lives. */
const KEEP_ALIVE_MS = 30_000;

export function hostAndPortLabel(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** @param tls null: none */
export function networkOf(tls: TlsMaterial | null, connectTimeoutMs: number): Network {
  return tls === null
    ? (host, port) => tcpEndpoint(host, port, connectTimeoutMs)
    : (host, port) => tlsEndpoint(host, port, tls, connectTimeoutMs);
}

/**
 * @param connectTimeoutMs what the caller will wait for; a host with several addresses gets its share of it for each, where
 * Node's own quarter of a second would be too short for a distant server
 */
export function tcpEndpoint(host: string, port: number, connectTimeoutMs: number): Endpoint {
  return {
    label: hostAndPortLabel(host, port),
    readyEvent: 'connect',
    open: () =>
      connect({
        host,
        port,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_MS,
        autoSelectFamilyAttemptTimeout: perAddress(connectTimeoutMs),
      }),
  };
}

function tlsEndpoint(host: string, port: number, tls: TlsMaterial, connectTimeoutMs: number): Endpoint {
  // A server name in the handshake must be a name; an address is compared with the certificate all the same.
  const name = tls.serverName ?? (isIP(host) === 0 ? host : null);
  return {
    label: hostAndPortLabel(host, port),
    readyEvent: 'secureConnect',
    open: () => {
      const options = {
        host,
        port,
        secureContext: tls.context,
        rejectUnauthorized: tls.verify,
        ...(name === null ? {} : { servername: name }),
        autoSelectFamilyAttemptTimeout: perAddress(connectTimeoutMs),
      };
      const socket = connectTls(options);
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      return socket;
    },
  };
}

export function unixEndpoint(path: string): Endpoint {
  return { label: path, readyEvent: 'connect', open: () => connect({ path }) };
}

function perAddress(connectTimeoutMs: number): number {
  return Math.max(250, Math.trunc(connectTimeoutMs / 2));
}
