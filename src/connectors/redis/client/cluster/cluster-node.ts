// One server of a cluster, as this client uses it: a pool of connections for reads, and how to open one for changes.
import type { Connection } from '../connection.ts';
import { hostAndPortLabel } from '../endpoint.ts';
import { fencesOf } from '../fences.ts';
import { ConnectionPool, type PoolSettings } from '../pool.ts';

export interface ClusterNodeSettings {
  readonly host: string;
  readonly port: number;
  readonly pool: Omit<PoolSettings, 'open' | 'label'>;
  /** A connection that reads; it may be one that a replica answers. */
  openReader(signal: AbortSignal): Promise<Connection>;
  openWriter(signal: AbortSignal): Promise<Connection>;
  /** Connections of the pool can be used for changes. */
  readonly poolTakesChanges: boolean;
}

export class ClusterNode {
  readonly host: string;
  readonly port: number;
  readonly label: string;
  /** Position among the nodes that the client has heard of. */
  readonly index: number;
  readonly pool: ConnectionPool;
  /** It could not be reached when it was tried last: others are asked first. */
  suspect = false;
  /** The cluster's layout does not name it any more. */
  gone = false;
  readonly #settings: ClusterNodeSettings;

  constructor(index: number, settings: ClusterNodeSettings) {
    this.#settings = settings;
    this.index = index;
    this.host = settings.host;
    this.port = settings.port;
    this.label = hostAndPortLabel(settings.host, settings.port);
    this.pool = new ConnectionPool({ ...settings.pool, label: this.label, open: settings.openReader });
  }

  /** A connection for changes, those that were fenced off gone. */
  async openWriter(signal: AbortSignal): Promise<Connection> {
    const usesPool = this.#settings.poolTakesChanges && fencesOf(this.label).length === 0;
    return (usesPool ? this.pool.detach() : null) ?? (await this.#settings.openWriter(signal));
  }
}
