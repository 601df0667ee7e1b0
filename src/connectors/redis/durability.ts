// `sink.durability.replicas`: what has been written is on so many replicas before a checkpoint counts.
import { ConnectorError } from '../../types/errors.ts';
import { CommandBatch } from './client/command-batch.ts';
import { type RedisPort, RedisReplyError } from './client/port.ts';
import { connectionError, refusalError } from './refusal-error.ts';

export interface Durability {
  readonly replicas: number;
  readonly timeoutMs: number;
}

/**
 * Asks every master how many of its replicas have received all that it has executed up to now. WAIT counts from the last command
 * of its own connection, which may be new: the PING before it makes that the master's whole history.
 * @throws ConnectorError when they are too few after `timeoutMs`; retryable: the job starts again from its last checkpoint
 */
export async function awaitReplicas(table: string, port: RedisPort, durability: Durability): Promise<void> {
  const { replicas, timeoutMs } = durability;
  const nodes = await guarded(table, port.nodes());
  await Promise.all(
    nodes.map(async (node) => {
      const batch = new CommandBatch(128);
      batch.add1('PING');
      batch.add(['WAIT', replicas, timeoutMs]);
      const replies = await guarded(table, node.pipeline(batch));
      const index = replies.findIndex((reply) => reply instanceof RedisReplyError);
      if (index >= 0) throw refusalError(table, batch, index, replies[index] as RedisReplyError);
      const reached = replies[1] as number;
      if (reached >= replicas) return;
      throw new ConnectorError(
        `Table '${table}': ${reached} of the ${replicas} replicas that 'sink.durability.replicas' asks for have received the rows of Redis at ${node.label} within ${timeoutMs} ms (sink.durability.timeout).`,
        { retryable: true, hint: 'See INFO replication on the server.' },
      );
    }),
  );
}

async function guarded<T>(table: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (reason) {
    throw connectionError(table, 'waiting for the replicas of', reason);
  }
}
