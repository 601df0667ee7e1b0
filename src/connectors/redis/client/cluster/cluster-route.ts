// The ways to the masters of a cluster: one connection each, over which their shares of every job go at the same time.
//
// While anything is under way the owners of the slots do not change for this client (`stale`, adjust()), so that two changes
// of one key are never on their way to two servers.
import { ConnectorError } from '../../../../types/errors.ts';
import { CommandBatch } from '../command-batch.ts';
import type { Connection } from '../connection.ts';
import { portClosed } from '../connection-errors.ts';
import { fenceOff } from '../fences.ts';
import type { Job } from '../job.ts';
import type { RedisReplyError, Reply } from '../port.ts';
import { groupsToResend, type ResendGroup } from '../resend-plan.ts';
import type { Route, RouteUser } from '../route.ts';
import type { ClusterNode } from './cluster-node.ts';
import { ANY } from './command-slots.ts';
import { anyOf, Dealer } from './deal.ts';
import { Part, type PartOwner } from './part.ts';
import { parseRedirect } from './redirect.ts';
import { slotOf } from './slots.ts';
import { NOBODY, type Topology } from './topology.ts';

export interface ClusterRouteSettings {
  readonly label: string;
  readonly topology: Topology;
  /** As of SingleRoute, with the server that it is about. */
  cannotFence(node: ClusterNode, refusal: string): void;
}

/** Where a command goes that was sent elsewhere. */
interface Redirect {
  readonly node: ClusterNode;
  readonly ask: boolean;
}

/** What goes to one server in a resend(). */
interface NodePlan {
  readonly node: ClusterNode;
  readonly batch: CommandBatch;
  /** For each command whose it is; null for ASKING. */
  readonly jobs: (Job | null)[];
  readonly indexes: number[];
}

export class ClusterRoute implements Route, PartOwner {
  readonly #settings: ClusterRouteSettings;
  readonly #topology: Topology;
  readonly #user: RouteUser;
  /** The owners as of the last adjust(). */
  readonly #owners: Uint16Array;
  #version = -1;
  /** By the server's index. */
  readonly #lines: (Connection | undefined)[] = [];
  /** Connections that broke and were not replaced yet, be it by one to the same server or to its successor. */
  #lost = 0;
  /** Whose last connection broke while it was sending. */
  readonly #careful = new Set<ClusterNode>();
  #redirects = new Map<Job, Map<number, Redirect>>();
  #mustRefresh = false;
  /** Whose reply is being read. */
  #answering: ClusterNode | null = null;
  readonly #dealer = new Dealer();

  constructor(settings: ClusterRouteSettings, user: RouteUser) {
    this.#settings = settings;
    this.#topology = settings.topology;
    this.#user = user;
    this.#owners = this.#topology.slots.slice();
  }

  get ready(): boolean {
    return this.#topology.loaded;
  }

  get busy(): boolean {
    for (const line of this.#lines) if (line?.busy) return true;
    return false;
  }

  get stale(): boolean {
    return this.#version !== this.#topology.version;
  }

  adjust(): void {
    this.#owners.set(this.#topology.slots);
    this.#version = this.#topology.version;
    const used = new Set(this.#owners);
    for (const [index, line] of this.#lines.entries()) {
      if (line === undefined || line.busy || used.has(index)) continue;
      this.#lines[index] = undefined;
      line.destroy(portClosed(this.#topology.nodes[index]!.label));
    }
  }

  send(job: Job): boolean {
    const shares = this.#dealer.deal(job.batch, this.#owners, job.target, this.#topology.nodes.length);
    if (shares === null) this.#mustRefresh = true;
    if (shares === null || shares.some(({ node }) => !this.#lines[node]?.usable)) return false;
    const open = { parts: shares.length };
    this.#user.sent(job.count, 0, job.bytes);
    for (const share of shares) this.#lines[share.node]!.send(share.bytes, new Part(job, share, open, this));
    return true;
  }

  // What parts say.

  answering(node: number): void {
    this.#answering = this.#topology.nodes[node]!;
  }

  progressed(): void {
    this.#user.progressed();
  }

  async resend(window: readonly Job[], signal: AbortSignal): Promise<void> {
    if (!this.#topology.loaded || this.#mustRefresh) {
      await this.#topology.refresh();
      this.#mustRefresh = false;
      signal.throwIfAborted();
    }
    this.adjust();
    const { plans, unserved } = this.#plan(window);
    const outcomes = await Promise.allSettled(plans.map((plan) => this.#resendTo(plan, signal)));
    const problems = outcomes.filter((o) => o.status === 'rejected').map((o) => o.reason as ConnectorError);
    if (unserved !== null) {
      this.#mustRefresh = true;
      problems.push(nobodyServes(this.#settings.label, unserved));
    }
    const problem = problems.find((p) => !(p instanceof ConnectorError && p.retryable)) ?? problems[0];
    if (problem !== undefined) throw problem;
  }

  #plan(window: readonly Job[]): { plans: readonly NodePlan[]; unserved: number | null } {
    const plans = new Map<ClusterNode, NodePlan>();
    /** Keys whose commands were sent elsewhere: the later ones of the same key follow. */
    const byKey = new Map<string, Redirect>();
    let unserved: number | null = null;
    for (const group of groupsToResend(window)) {
      for (let i = group.from; i < group.to; i++) group.job.reopen(i);
      const slot = slotOfGroup(group);
      const redirect = this.#redirectOf(group, byKey);
      const node = redirect?.node ?? this.#ownerOf(group.job, slot);
      if (node === null) {
        unserved = slot;
        continue;
      }
      let plan = plans.get(node);
      if (plan === undefined) {
        plan = { node, batch: new CommandBatch(), jobs: [], indexes: [] };
        plans.set(node, plan);
      }
      if (redirect?.ask) append(plan, null, 0);
      append(plan, group, group.from);
    }
    this.#redirects = new Map();
    return { plans: [...plans.values()], unserved };
  }

  #redirectOf(group: ResendGroup, byKey: Map<string, Redirect>): Redirect | undefined {
    const keys = group.keys ?? [];
    let redirect = keys.map((key) => byKey.get(key)).find((r) => r !== undefined);
    const own = this.#redirects.get(group.job);
    for (let i = group.from; i < group.to && redirect === undefined; i++) redirect = own?.get(i);
    if (redirect !== undefined) for (const key of keys) byKey.set(key, redirect);
    return redirect;
  }

  #ownerOf(job: Job, slot: number): ClusterNode | null {
    const owner = job.target ?? (slot === ANY ? anyOf(this.#owners) : this.#owners[slot]!);
    return owner === NOBODY ? null : this.#topology.nodes[owner]!;
  }

  async #resendTo({ node, batch, jobs, indexes }: NodePlan, signal: AbortSignal): Promise<void> {
    const line = await this.#line(node, signal);
    const again = jobs.reduce((sum, job) => sum + (job === null || job.sentAt === 0 ? 0 : 1), 0);
    this.#user.sent(batch.count, again, batch.byteLength);
    await new Promise<void>((resolve, reject) => {
      line.send(batch.bytes(), {
        count: batch.count,
        wantsReplies: true,
        reply: (i: number, reply: Reply) => {
          this.#answering = node;
          jobs[i]?.reply(indexes[i]!, reply);
        },
        done: resolve,
        failed: reject,
      });
    });
  }

  async #line(node: ClusterNode, signal: AbortSignal): Promise<Connection> {
    const ready = this.#lines[node.index];
    if (ready?.usable) return ready;
    let connection: Connection;
    try {
      connection = await node.openWriter(signal);
    } catch (error) {
      node.suspect = true;
      this.#mustRefresh = true;
      throw error;
    }
    if (signal.aborted) {
      connection.destroy(signal.reason as ConnectorError);
      throw signal.reason;
    }
    if (this.#lost > 0) {
      this.#lost--;
      this.#user.reconnected();
    }
    this.#lines[node.index] = connection;
    if (this.#careful.delete(node)) connection.sendCarefully();
    connection.onClose = (error, unanswered) => this.#broken(node, connection, error, unanswered);
    return connection;
  }

  #broken(node: ClusterNode, line: Connection, error: ConnectorError, unanswered: boolean): void {
    if (this.#lines[node.index] !== line) return;
    this.#lines[node.index] = undefined;
    this.#lost++;
    if (line.brokeWhileSending) this.#careful.add(node);
    if (!unanswered) return;
    this.#mustRefresh = true;
    this.#fenceOff(node, line);
    this.#user.broken(error);
  }

  refused(): void {
    this.#mustRefresh = true;
  }

  redirected(job: Job, index: number, error: RedisReplyError): boolean {
    if (job.target !== null) return false;
    const reply = parseRedirect(error);
    if (reply === null) return false;
    const node = this.#topology.nodeAt(reply.host || (this.#answering?.host ?? ''), reply.port);
    if (!reply.ask) this.#topology.moved(reply.slot, node);
    let redirects = this.#redirects.get(job);
    if (redirects === undefined) {
      redirects = new Map();
      this.#redirects.set(job, redirects);
    }
    redirects.set(index, { node, ask: reply.ask });
    return true;
  }

  abandon(error: ConnectorError): void {
    this.#redirects = new Map();
    for (const [index, line] of this.#lines.entries()) {
      if (line === undefined) continue;
      this.#lines[index] = undefined;
      if (line.busy) this.#fenceOff(this.#topology.nodes[index]!, line);
      line.destroy(error);
    }
  }

  #fenceOff(node: ClusterNode, line: Connection): void {
    if (line.identity === null) this.#settings.cannotFence(node, line.identityRefusal);
    else fenceOff(line.label, line.identity);
  }
}

function append(plan: NodePlan, group: ResendGroup | null, from: number): void {
  if (group === null) {
    plan.batch.add1('ASKING');
    plan.jobs.push(null);
    plan.indexes.push(0);
    return;
  }
  plan.batch.append(group.job.batch, from, group.to);
  for (let i = from; i < group.to; i++) {
    plan.jobs.push(group.job);
    plan.indexes.push(i);
  }
}

/** The slot of a group's first key. Of a command whose keys are not known: that of its first argument. */
function slotOfGroup({ job, from, to, keys }: ResendGroup): number {
  const first = keys?.[0];
  if (first !== undefined) return slotOf(Buffer.from(first, 'latin1'));
  if (keys !== null) return ANY;
  for (let i = from; i < to; i++) {
    const key = job.batch.wordsAt(i)[1];
    if (key !== undefined) return slotOf(key);
  }
  return ANY;
}

function nobodyServes(label: string, slot: number): ConnectorError {
  return new ConnectorError(`No server of ${label} serves slot ${slot}`, { retryable: true });
}
