// Batches that only read, asked of all servers concerned at once. Redirections are followed command by command; what was not
// answered is asked again, of a server that is better off.
import type { Clock } from '../../../../types/clock.ts';
import { ConnectorError } from '../../../../types/errors.ts';
import { backOffMs } from '../back-off.ts';
import { CommandBatch } from '../command-batch.ts';
import { gaveUp, isPassing, redirectedAway, stillRefused } from '../connection-errors.ts';
import { type PortStats, RedisReplyError, type Reply } from '../port.ts';
import type { ClusterNode } from './cluster-node.ts';
import { ANY, commandSlots } from './command-slots.ts';
import { parseRedirect } from './redirect.ts';
import type { Topology } from './topology.ts';

export interface ClusterReaderSettings {
  readonly label: string;
  readonly clock: Clock;
  readonly retryTimeoutMs: number;
  readonly stats: PortStats;
  readonly topology: Topology;
  readonly fromReplica: boolean;
  readonly signal: AbortSignal;
}

/** Redirections that are followed at once. */
const QUICK_HOPS = 5;

interface Question {
  readonly node: ClusterNode;
  readonly batch: CommandBatch;
  /** For each command its position in the original batch; -1 for ASKING. */
  readonly indexes: number[];
}

/** @throws ConnectorError when the batch was not answered within `retryTimeoutMs` */
export async function readFromCluster(
  batch: CommandBatch,
  settings: ClusterReaderSettings,
): Promise<readonly Reply[]> {
  return await new ClusterRead(batch, settings).run();
}

class ClusterRead {
  readonly #batch: CommandBatch;
  readonly #settings: ClusterReaderSettings;
  readonly #slots: Uint16Array;
  readonly #replies: Reply[];
  #open: number[];
  #redirects = new Map<number, { readonly node: ClusterNode; readonly ask: boolean }>();
  #trouble: ConnectorError | null = null;
  #patience = false;

  constructor(batch: CommandBatch, settings: ClusterReaderSettings) {
    this.#batch = batch;
    this.#settings = settings;
    this.#slots = new Uint16Array(batch.count);
    commandSlots(batch, this.#slots);
    this.#replies = new Array(batch.count);
    this.#open = Array.from({ length: batch.count }, (_, i) => i);
  }

  async run(): Promise<readonly Reply[]> {
    const { clock, retryTimeoutMs, topology, stats, signal, label } = this.#settings;
    const start = clock.monotonic();
    for (let attempt = 0; ; attempt++) {
      this.#trouble = null;
      this.#patience = false;
      if (!topology.loaded) await topology.refresh();
      const open = this.#open;
      this.#open = [];
      if (attempt > 0) stats.resentCommands += open.length;
      const questions = this.#questions(open);
      const sentAt = clock.monotonic();
      const left = retryTimeoutMs - (sentAt - start);
      await Promise.all(questions.map((question) => this.#ask(question, left)));
      if (this.#open.length === 0 && this.#trouble === null) {
        stats.lastRoundTripMs = clock.monotonic() - sentAt;
        return this.#replies;
      }
      signal.throwIfAborted();
      this.#open.sort((a, b) => a - b);
      // A connection that was idle may have been closed since, and a redirection only names the right server.
      const free = attempt === 0 || (!this.#patience && attempt < QUICK_HOPS);
      const wait = free ? 0 : backOffMs(attempt - 1);
      const spent = clock.monotonic() - start;
      if (spent + wait >= retryTimeoutMs) throw gaveUp(label, spent, this.#trouble!);
      if (wait > 0) await clock.sleep(wait, signal);
      if (this.#patience) await this.#refresh();
    }
  }

  async #refresh(): Promise<void> {
    try {
      await this.#settings.topology.refresh();
    } catch (error) {
      // The next attempt tells, if it fails as well.
      if (!(error instanceof ConnectorError) || !error.retryable) throw error;
    }
  }

  #questions(open: readonly number[]): Question[] {
    const { topology, fromReplica, label } = this.#settings;
    topology.nextTurn();
    const unserved: number[] = [];
    const byNode = new Map<ClusterNode, Question>();
    for (const index of open) {
      const redirect = this.#redirects.get(index);
      const slot = this.#slots[index]!;
      const node =
        redirect?.node ??
        (slot === ANY ? (topology.masters[0] ?? null) : topology.readerOf(slot, fromReplica));
      if (node === null) {
        unserved.push(index);
        continue;
      }
      let question = byNode.get(node);
      if (question === undefined) {
        question = { node, batch: new CommandBatch(), indexes: [] };
        byNode.set(node, question);
      }
      if (redirect?.ask) {
        question.batch.add1('ASKING');
        question.indexes.push(-1);
      }
      question.batch.append(this.#batch, index, index + 1);
      question.indexes.push(index);
    }
    this.#redirects = new Map();
    if (unserved.length > 0) {
      const slot = this.#slots[unserved[0]!]!;
      this.#again(unserved, new ConnectorError(`No server of ${label} serves slot ${slot}`), true);
    }
    return [...byNode.values()];
  }

  /** Never rejects for what another attempt may change. */
  async #ask(question: Question, waitMs: number): Promise<void> {
    const { stats, label } = this.#settings;
    const { node, batch, indexes } = question;
    try {
      const connection = await node.pool.borrow(waitMs);
      try {
        stats.commandsSent += batch.count;
        stats.bytesSent += batch.byteLength;
        const replies = await connection.request(batch);
        const refused = this.#take(replies, question);
        if (refused !== null) connection.destroy(stillRefused(label, refused));
      } finally {
        node.pool.release(connection);
      }
    } catch (error) {
      if (!(error instanceof ConnectorError) || !error.retryable) throw error;
      node.suspect = true;
      this.#again(indexes, error, true);
    }
  }

  /** @returns a refusal that time will change, if there was one */
  #take(replies: readonly Reply[], { node, indexes }: Question): RedisReplyError | null {
    let refused: RedisReplyError | null = null;
    replies.forEach((reply, i) => {
      const index = indexes[i]!;
      if (index < 0) return;
      if (!(reply instanceof RedisReplyError)) {
        this.#replies[index] = reply;
      } else if (isPassing(reply)) {
        refused = reply;
        this.#again([index], stillRefused(this.#settings.label, reply), true);
      } else if (!this.#redirect(index, reply, node)) {
        this.#replies[index] = reply;
      }
    });
    if (refused !== null) node.suspect = true;
    return refused;
  }

  #redirect(index: number, error: RedisReplyError, answering: ClusterNode): boolean {
    const redirect = parseRedirect(error);
    if (redirect === null) return false;
    const { topology, stats, label } = this.#settings;
    const node = topology.nodeAt(redirect.host || answering.host, redirect.port);
    if (!redirect.ask) topology.moved(redirect.slot, node);
    stats.redirects++;
    this.#redirects.set(index, { node, ask: redirect.ask });
    this.#again([index], redirectedAway(label, error), false);
    return true;
  }

  #again(indexes: readonly number[], trouble: ConnectorError, patience: boolean): void {
    for (const index of indexes) if (index >= 0) this.#open.push(index);
    this.#trouble = trouble;
    this.#patience ||= patience;
  }
}
