// The master that sentinels name, asked for with every new connection; when a sentinel says that it was replaced; and once a
// second, so that no switch is missed: a master that was replaced may go on taking changes, which are lost.
import type { Clock, Timer } from '../../../../types/clock.ts';
import { ConnectorError } from '../../../../types/errors.ts';
import { portClosed } from '../connection-errors.ts';
import { type Endpoint, hostAndPortLabel, type Network } from '../endpoint.ts';
import type { HandshakeOptions } from '../handshake.ts';
import type { ServerSource } from '../server-source.ts';
import { type KnownServer, SentinelClient } from './sentinel-client.ts';

const WATCH_MS = 1_000;

export interface SentinelSourceSettings {
  /** `sentinel.master` */
  readonly master: string;
  /** `sentinel.nodes` */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** How to log in to a sentinel. */
  readonly handshake: HandshakeOptions;
  readonly network: Network;
  readonly readsFromReplicas: boolean;
  readonly clock: Clock;
}

export class SentinelSource implements ServerSource {
  readonly label: string;
  readonly checksRole = true;
  readonly readsFromReplicas: boolean;
  readonly #client: SentinelClient;
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #abort = new AbortController();
  #current: string | null = null;
  /** The replicas that answer, as last seen. */
  #answering: string | null = null;
  #turn = 0;
  #timer: Timer | null = null;

  constructor(settings: SentinelSourceSettings) {
    const { master, nodes, network, clock } = settings;
    this.label = `the master '${master}' of the sentinels`;
    this.readsFromReplicas = settings.readsFromReplicas;
    this.#network = network;
    this.#clock = clock;
    this.#client = new SentinelClient({
      master,
      sentinels: nodes.map(({ host, port }) => network(host, port)),
      handshake: settings.handshake,
      clock,
    });
  }

  get current(): string {
    return this.#current ?? this.label;
  }

  async master(signal: AbortSignal): Promise<Endpoint> {
    const server = await this.#client.master(signal);
    this.#current = labelOf(server);
    return this.#network(server.host, server.port);
  }

  async replicas(signal: AbortSignal): Promise<readonly Endpoint[]> {
    const healthy = (await this.#client.replicas(signal)).filter((server) => server.healthy);
    // each its turn
    const first = healthy.length === 0 ? 0 : this.#turn++ % healthy.length;
    const inTurn = [...healthy.slice(first), ...healthy.slice(0, first)];
    return inTurn.map(({ host, port }) => this.#network(host, port));
  }

  watch(changed: (what: 'master' | 'replicas') => void): void {
    this.#client.onSwitch = () => this.#lookNow(changed);
    this.#lookLater(changed);
  }

  #lookLater(changed: (what: 'master' | 'replicas') => void): void {
    this.#timer = this.#clock.schedule(WATCH_MS, () => {
      this.#timer = null;
      void this.#look(changed);
    });
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#abort.abort(portClosed(this.label));
    this.#client.close();
  }

  async #look(changed: (what: 'master' | 'replicas') => void): Promise<void> {
    try {
      const before = this.#current;
      this.#current = labelOf(await this.#client.master(this.#abort.signal));
      if (before !== null && before !== this.#current) changed('master');
      if (this.readsFromReplicas && (await this.#otherReplicas())) changed('replicas');
    } catch (error) {
      // Sentinels that do not answer change nothing: the master may be well. Who needs them next tells why they do not.
      if (!(error instanceof ConnectorError)) throw error;
    }
    if (!this.#abort.signal.aborted) this.#lookLater(changed);
  }

  #lookNow(changed: (what: 'master' | 'replicas') => void): void {
    if (this.#timer === null) return; // it is looking
    this.#timer.cancel();
    this.#timer = null;
    void this.#look(changed);
  }

  async #otherReplicas(): Promise<boolean> {
    const all = await this.#client.replicas(this.#abort.signal);
    const now = all
      .filter((server) => server.healthy)
      .map(labelOf)
      .sort()
      .join();
    const before = this.#answering;
    this.#answering = now;
    return before !== null && before !== now;
  }
}

function labelOf({ host, port }: KnownServer): string {
  return hostAndPortLabel(host, port);
}
