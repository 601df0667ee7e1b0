// Ports for the servers that tests start: never one that the kernel gives to an outgoing connection, never one that another process has picked.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const HOST = '127.0.0.1';
const FIRST = 10_000;
const COUNT = 10_000;
/** The bus of a Redis cluster node listens this far above its port. */
const BUS = 10_000;
const ATTEMPTS = 500;

/** The lowest port that an outgoing connection may get on its own. */
function firstEphemeral() {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/)[0]);
  } catch {
    return 49_152;
  }
}

function listening(options) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(options, () => resolve(server.unref()));
  });
}

async function nothingListens(port) {
  const server = await listening({ port, host: HOST });
  if (server !== null) await new Promise((resolve) => server.close(resolve));
  return server !== null;
}

/** Does nothing listen on `port`, nor on `port + 10000`? */
export async function isFree(port) {
  return (await nothingListens(port)) && (await nothingListens(port + BUS));
}

/** Held until this process ends, so that nothing has to be removed when it crashes. */
const claims = new Map();

/**
 * Between picking a port and the server's listening on it another process must not pick it too: an abstract socket (Linux) holds the claim, and the
 * kernel takes it away with the process.
 */
async function claim(port) {
  if (claims.has(port)) return false;
  const socket = process.platform === 'linux' ? await listening({ path: `\0drey-port-${port}` }) : true;
  if (socket === null) return false;
  claims.set(port, socket);
  return true;
}

/** A port of the loopback interface that nothing listens on, nor on `port + 10000`; no process gets one that another has got. */
export async function freePort() {
  // Where connections take ports from so low on that there is no room below, the claim and the check have to do.
  const count = Math.max(1000, Math.min(COUNT, firstEphemeral() - FIRST - BUS));
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = FIRST + Math.floor(Math.random() * count);
    if ((await claim(port)) && (await isFree(port))) return port;
  }
  throw new Error(`no free port on ${HOST} after ${ATTEMPTS} attempts`);
}
