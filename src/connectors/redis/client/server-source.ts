// Which server a port to one server talks to: always the same one, or the one that sentinels name at the moment.
import type { Endpoint } from './endpoint.ts';

export interface ServerSource {
  /** For messages about the port as a whole. */
  readonly label: string;
  /** The server that is the master at the moment, as far as is known: its address. */
  readonly current: string;
  /** The role of a server is checked after connecting: whoever named it may be behind the times. */
  readonly checksRole: boolean;
  /** Reads go to other servers than changes. */
  readonly readsFromReplicas: boolean;
  /** Where changes go. */
  master(signal: AbortSignal): Promise<Endpoint>;
  /** Where reads may go, best first; the master is the last resort. Only asked when `readsFromReplicas`. */
  replicas(signal: AbortSignal): Promise<readonly Endpoint[]>;
  /** Starts to watch. `changed` is told when another server became the master, or other replicas answer. */
  watch(changed: (what: 'master' | 'replicas') => void): void;
  close(): void;
}

export function fixedSource(endpoint: Endpoint): ServerSource {
  return {
    label: endpoint.label,
    current: endpoint.label,
    checksRole: false,
    readsFromReplicas: false,
    master: async () => endpoint,
    replicas: async () => [],
    watch() {},
    close() {},
  };
}
