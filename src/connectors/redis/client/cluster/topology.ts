// Who owns which slot, as far as this client knows: from CLUSTER SLOTS, asked at the start, after redirections and failures,
// and every half minute; and from MOVED.
import type { Clock, Timer } from '../../../../types/clock.ts';
import { ConnectorError } from '../../../../types/errors.ts';
import { CommandBatch } from '../command-batch.ts';
import { portClosed } from '../connection-errors.ts';
import { hostAndPortLabel } from '../endpoint.ts';
import { RedisReplyError, type Reply } from '../port.ts';
import type { ClusterNode } from './cluster-node.ts';
import { SLOTS } from './slots.ts';

/** No server is known for a slot. */
export const NOBODY = 0xffff;

const REFRESH_MS = 30_000;
/** Redirections come in crowds: no more than one refresh in this time because of them. */
const PAUSE_MS = 200;

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

export interface TopologySettings {
  /** For messages. */
  readonly label: string;
  readonly clock: Clock;
  readonly seeds: readonly HostAndPort[];
  readonly connectTimeoutMs: number;
  makeNode(index: number, at: HostAndPort): ClusterNode;
}

export class Topology {
  /** Every server heard of, by index; those that left stay here unused. */
  readonly nodes: ClusterNode[] = [];
  /** Index of the master of each slot, or NOBODY. */
  readonly slots = new Uint16Array(SLOTS).fill(NOBODY);
  /** Counts the changes of `slots`. */
  version = 0;
  loaded = false;
  readonly #settings: TopologySettings;
  readonly #byLabel = new Map<string, ClusterNode>();
  #replicas = new Map<number, readonly ClusterNode[]>();
  #turn = 0;
  #refreshing: Promise<void> | null = null;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #timer: Timer | null = null;
  /** Knows best at the moment: the target of the last MOVED. */
  #preferred: ClusterNode | null = null;
  readonly #abort = new AbortController();

  constructor(settings: TopologySettings) {
    this.#settings = settings;
  }

  /** Those that own slots. */
  get masters(): readonly ClusterNode[] {
    const owners = new Set(this.slots);
    owners.delete(NOBODY);
    return [...owners].map((index) => this.nodes[index]!);
  }

  nodeAt(host: string, port: number): ClusterNode {
    const label = hostAndPortLabel(host, port);
    let node = this.#byLabel.get(label);
    if (node === undefined) {
      node = this.#settings.makeNode(this.nodes.length, { host, port });
      this.nodes.push(node);
      this.#byLabel.set(label, node);
    }
    return node;
  }

  /** The master of a slot, or (`fromReplica`) one of its replicas that answers; null when nobody is known. */
  readerOf(slot: number, fromReplica: boolean): ClusterNode | null {
    const owner = this.slots[slot]!;
    if (owner === NOBODY) return null;
    const master = this.nodes[owner]!;
    if (!fromReplica) return master;
    const healthy = this.replicasOf(master);
    return healthy[this.#turn % Math.max(1, healthy.length)] ?? master;
  }

  /** Those that answer. */
  replicasOf(master: ClusterNode): readonly ClusterNode[] {
    return (this.#replicas.get(master.index) ?? []).filter((node) => !node.suspect);
  }

  /** Replicas are taken in turn. */
  nextTurn(): void {
    this.#turn++;
  }

  /** MOVED said so. */
  moved(slot: number, to: ClusterNode): void {
    this.#preferred = to;
    if (this.slots[slot] !== to.index) {
      this.slots[slot] = to.index;
      this.version++;
    }
    this.refreshSoon();
  }

  /** Asks in the background, unless it did a moment ago. */
  refreshSoon(): void {
    const wait = this.#refreshedAt + PAUSE_MS - this.#settings.clock.monotonic();
    this.#schedule(Math.max(0, wait));
  }

  /** @throws ConnectorError when no server could tell */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
      this.#refreshedAt = this.#settings.clock.monotonic();
      this.#schedule(REFRESH_MS);
    });
    return this.#refreshing;
  }

  close(): void {
    this.#abort.abort(portClosed(this.#settings.label));
    this.#timer?.cancel();
    for (const node of this.nodes) node.pool.close();
  }

  #schedule(delayMs: number): void {
    this.#timer?.cancel();
    if (this.#abort.signal.aborted) return;
    this.#timer = this.#settings.clock.schedule(delayMs, () => {
      this.refresh().catch((error: unknown) => {
        // What is known may still be right. Who finds that it is not asks again, and tells why that fails.
        if (!(error instanceof ConnectorError)) throw error;
      });
    });
  }

  async #refresh(): Promise<void> {
    const problems: ConnectorError[] = [];
    for (const node of this.#candidates()) {
      this.#abort.signal.throwIfAborted();
      try {
        this.#apply(await this.#ask(node), node);
        node.suspect = false;
        return;
      } catch (error) {
        if (!(error instanceof ConnectorError)) throw error;
        node.suspect = true;
        problems.push(error);
      }
    }
    throw this.#nobodyTells(problems);
  }

  #candidates(): Set<ClusterNode> {
    const known = this.nodes.filter((node) => !node.gone);
    const seeds = this.#settings.seeds.map(({ host, port }) => this.nodeAt(host, port));
    const preferred = this.#preferred === null ? [] : [this.#preferred];
    const all = [...preferred, ...known, ...seeds];
    return new Set([...all.filter((node) => !node.suspect), ...all]);
  }

  #nobodyTells(problems: readonly ConnectorError[]): ConnectorError {
    const final = problems.find((problem) => !problem.retryable);
    if (final !== undefined) return final;
    if (problems.length === 1) return problems[0]!;
    return new ConnectorError(
      `No server tells the layout of ${this.#settings.label}: ${problems.map((problem) => problem.message).join('; ')}`,
      { retryable: true },
    );
  }

  async #ask(node: ClusterNode): Promise<readonly Reply[]> {
    const connection = await node.pool.borrow(this.#settings.connectTimeoutMs);
    try {
      const batch = new CommandBatch(64);
      batch.add(['CLUSTER', 'SLOTS']);
      const [reply] = await connection.request(batch);
      if (Array.isArray(reply) && reply.length > 0) return reply;
      throw layoutRefused(node.label, reply);
    } finally {
      node.pool.release(connection);
    }
  }

  /** @param reply of CLUSTER SLOTS: `[from, to, [host, port, id …], …replicas]` for each range */
  #apply(reply: readonly Reply[], asked: ClusterNode): void {
    const slots = new Uint16Array(SLOTS).fill(NOBODY);
    const replicas = new Map<number, Set<ClusterNode>>();
    const present = new Set<ClusterNode>();
    for (const range of reply) {
      const [from, to, ...servers] = range as readonly Reply[];
      const [master, ...copies] = servers.map((server) => this.#serverOf(server, asked));
      if (master === undefined) continue;
      slots.fill(master.index, Number(from), Number(to) + 1);
      const all = replicas.get(master.index) ?? new Set();
      for (const copy of copies) all.add(copy);
      replicas.set(master.index, all);
      for (const node of [master, ...copies]) present.add(node);
    }
    if (slots.some((owner, slot) => owner !== this.slots[slot])) {
      this.slots.set(slots);
      this.version++;
    }
    this.#replicas = new Map([...replicas].map(([master, copies]) => [master, [...copies]]));
    this.#part(present);
    this.loaded = true;
  }

  #serverOf(server: Reply, asked: ClusterNode): ClusterNode {
    const [host, port] = server as readonly Reply[];
    // null, empty or `?`: the server does not know its own address; then it is the one that was used to ask.
    const known = typeof host === 'string' && host !== '' && host !== '?';
    return this.nodeAt(known ? host : asked.host, Number(port));
  }

  /** Servers that left the cluster keep no connections; those that came back are welcome. */
  #part(present: ReadonlySet<ClusterNode>): void {
    for (const node of this.nodes) {
      const gone = !present.has(node);
      if (gone && !node.gone) node.pool.renew();
      node.gone = gone;
      if (!gone) node.suspect = false;
    }
  }
}

function layoutRefused(label: string, reply: Reply | undefined): ConnectorError {
  if (!(reply instanceof RedisReplyError)) {
    return new ConnectorError(`Redis at ${label} serves no slots: it belongs to no cluster yet`, {
      retryable: true,
    });
  }
  const noCluster =
    reply.code === 'ERR' && /cluster support disabled|unknown (sub)?command/i.test(reply.message);
  if (noCluster) {
    return new ConnectorError(
      `Redis at ${label} is no cluster (option 'clusterMode'); the server says: ${reply.message}`,
      { retryable: false },
    );
  }
  return new ConnectorError(`Redis at ${label} does not tell its cluster's layout: ${reply.message}`, {
    retryable: reply.code !== 'NOPERM',
  });
}
