// A connection in TLS. Apart from the plain ones because Node's TLS takes a tenth of a job's start to load.
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { type Endpoint, hostAndPortLabel, KEEP_ALIVE_MS, perAddress } from '../endpoint.ts';
import type { TlsMaterial } from './tls-material.ts';

/** @param connectTimeoutMs as of a plain TCP endpoint */
export function tlsEndpoint(
  host: string,
  port: number,
  tls: TlsMaterial,
  connectTimeoutMs: number,
): Endpoint {
  // A server name in the handshake must be a name; an address is compared with the certificate all the same.
  const name = tls.serverName ?? (isIP(host) === 0 ? host : null);
  return {
    label: hostAndPortLabel(host, port),
    readyEvent: 'secureConnect',
    open: (onread) => {
      const options = {
        host,
        port,
        onread,
        secureContext: tls.context,
        rejectUnauthorized: tls.verify,
        ...(name === null ? {} : { servername: name }),
        autoSelectFamilyAttemptTimeout: perAddress(connectTimeoutMs),
      };
      const socket = connect(options);
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      return socket;
    },
  };
}
