// Connections that were given up with commands unanswered: what lies in their buffers, or on a network that stalls, could be executed
// later, over newer values. Whoever connects to the same server next has it kill them before anything else is sent.
//
// Remembered for the process and not for a port: a job that starts again makes new ports.
import type { ClientIdentity } from './connection.ts';

/** More than can be left behind between two connections to a server; the oldest are forgotten. */
const MOST_OF_A_SERVER = 100;

/** By the server's label. */
const leftBehind = new Map<string, readonly ClientIdentity[]>();

/** The connections to this server that may still bring late commands. */
export function fencesOf(server: string): readonly ClientIdentity[] {
  return leftBehind.get(server) ?? [];
}

export function fenceOff(server: string, connection: ClientIdentity): void {
  leftBehind.set(server, [...fencesOf(server), connection].slice(-MOST_OF_A_SERVER));
}

/** The server says that these are gone. */
export function forgetFences(server: string, connections: readonly ClientIdentity[]): void {
  const rest = fencesOf(server).filter((connection) => !connections.includes(connection));
  if (rest.length === 0) leftBehind.delete(server);
  else leftBehind.set(server, rest);
}
