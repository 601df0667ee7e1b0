// `sink.durability.replicas`: what has been written is on so many replicas before a checkpoint counts.
import { ConnectorError } from '../../types/errors.ts';
import { CommandBatch } from './client/command-batch.ts';
import { type RedisNode, type RedisPort, RedisReplyError, type Reply } from './client/port.ts';
import { connectionError } from './refusal-error.ts';

export interface Durability {
  readonly replicas: number;
  readonly timeoutMs: number;
}

/**
 * Asks every master how many of its replicas have received all that it has executed up to now. That says nothing of a master
 * that was there before: what that one acknowledged and did not pass on went with it. So the masters have to be the same as at the
 * last time, in the same life.
 */
export class ReplicaBarrier {
  readonly #table: string;
  readonly #durability: Durability;
  readonly #port: RedisPort;
  /** The replication ids of the masters: each promotion and each start makes a new one. */
  #histories: readonly string[] = [];

  constructor(table: string, durability: Durability, port: RedisPort) {
    this.#table = table;
    this.#durability = durability;
    this.#port = port;
  }

  /** Before the first write. @throws ConnectorError when the user may not ask */
  async open(): Promise<void> {
    const nodes = await this.#guarded(this.#port.nodes());
    this.#histories = await Promise.all(nodes.map(async (node) => history((await this.#ask(node, []))[0])));
  }

  /** @throws ConnectorError when rows may be lost with a master; retryable: the job starts again from its last checkpoint */
  async pass(): Promise<void> {
    const nodes = await this.#guarded(this.#port.nodes());
    const histories = await Promise.all(nodes.map((node) => this.#waitFor(node)));
    if (!this.#histories.every((id) => histories.includes(id))) throw this.#replaced();
    this.#histories = histories;
  }

  /** @returns the id of the master that has waited */
  async #waitFor(node: RedisNode): Promise<string> {
    const { replicas, timeoutMs } = this.#durability;
    // WAIT counts from the last command of its own connection, which may be new: the PING makes that the whole history.
    const [, reached, info] = await this.#ask(node, [['PING'], ['WAIT', replicas, timeoutMs]]);
    if ((reached as number) >= replicas) return history(info);
    throw new ConnectorError(
      `Table '${this.#table}': ${reached as number} of the ${replicas} replicas that 'sink.durability.replicas' asks for have received the rows of Redis at ${node.label} within ${timeoutMs} ms (sink.durability.timeout).`,
      { retryable: true, hint: 'See INFO replication on the server.' },
    );
  }

  /** The commands, then INFO replication, in one pipeline: all of them are answered by the same server. */
  async #ask(node: RedisNode, commands: readonly (string | number)[][]): Promise<readonly Reply[]> {
    const batch = new CommandBatch(128);
    for (const command of commands) batch.add(command);
    batch.add(['INFO', 'replication']);
    const replies = await this.#guarded(node.pipeline(batch));
    const refused = replies.find((reply) => reply instanceof RedisReplyError);
    if (refused === undefined) return replies;
    throw new ConnectorError(
      `Table '${this.#table}': 'sink.durability.replicas' needs a user that may run INFO and WAIT: ${refused.message}`,
      { retryable: refused.code !== 'NOPERM' },
    );
  }

  #replaced(): ConnectorError {
    return new ConnectorError(
      `Table '${this.#table}': a master of Redis has been replaced or has started anew since the last checkpoint: rows that it had not passed on to its replicas are lost ('sink.durability.replicas').`,
      { retryable: true },
    );
  }

  async #guarded<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (reason) {
      throw connectionError(this.#table, 'waiting for the replicas of', reason);
    }
  }
}

function history(info: Reply | undefined): string {
  return /^master_replid:(\w+)/m.exec(String(info))?.[1] ?? '';
}
