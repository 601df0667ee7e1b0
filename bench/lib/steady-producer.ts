// Sends batches of messages at little cost: they are laid out as record batches beforehand, so that the one who sends is not what
// is measured, and a hundred million messages do not take an hour.
import { BatchWriter } from '../../src/connectors/kafka/records/batch-writer.ts';
import { BrokerConnection } from '../../src/connectors/kafka/wire/broker-connection.ts';
import { throwIfError } from '../../src/connectors/kafka/wire/broker-errors.ts';
import { produce } from '../../src/connectors/kafka/wire/produce.ts';
import { systemClock } from '../../src/types/clock.ts';

const LIMIT_MS = 30_000;
const IN_FLIGHT = 16;

/** Lays out one batch. */
export function recordBatch(messages: readonly string[]): Buffer {
  const writer = new BatchWriter();
  const now = Date.now();
  for (const message of messages) writer.append(null, Buffer.from(message), now, null);
  return writer.finish('none', null, -1);
}

export interface Sent {
  /** When the request was handed to the socket. */
  readonly at: number;
  /** Milliseconds until the leader had written it. */
  readonly acknowledgedAfter: number;
}

function open(brokers: string): Promise<BrokerConnection> {
  const [host = '', port] = brokers.split(':');
  return BrokerConnection.open({
    host,
    port: Number(port),
    clientId: 'drey-bench',
    tls: null,
    sasl: null,
    connectTimeoutMs: LIMIT_MS,
    requestTimeoutMs: LIMIT_MS,
    clock: systemClock,
  });
}

async function sendOne(connection: BrokerConnection, topic: string, bytes: Buffer): Promise<Sent> {
  const at = performance.now();
  const [result] = await produce(connection, [{ topic, partition: 0, bytes }], 1, LIMIT_MS);
  throwIfError(result?.errorCode ?? 0, `Writing to ${topic}`);
  return { at, acknowledgedAfter: performance.now() - at };
}

/** All batches so many times, one behind the other, to partition 0. @throws BrokerError when one is refused */
export async function sendRepeatedly(
  brokers: string,
  topic: string,
  batches: readonly Buffer[],
  times: number,
): Promise<void> {
  const connection = await open(brokers);
  try {
    let sending: Promise<Sent>[] = [];
    for (let i = 0; i < batches.length * times; i++) {
      sending.push(sendOne(connection, topic, batches[i % batches.length]!));
      if (sending.length < IN_FLIGHT) continue;
      await Promise.all(sending);
      sending = [];
    }
    await Promise.all(sending);
  } finally {
    connection.close();
  }
}

/**
 * Sends a batch every `everyMs`, whether those before are acknowledged or not, to partition 0.
 * @param onSend told the batch's number right before it goes out
 * @throws BrokerError when one is refused
 */
export async function sendSteadily(
  brokers: string,
  topic: string,
  batches: readonly Buffer[],
  everyMs: number,
  onSend: (batch: number) => void,
): Promise<Sent[]> {
  const connection = await open(brokers);
  try {
    const sending: Promise<Sent>[] = [];
    const start = performance.now();
    for (const [i, bytes] of batches.entries()) {
      const wait = start + i * everyMs - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      onSend(i);
      sending.push(sendOne(connection, topic, bytes));
    }
    return await Promise.all(sending);
  } finally {
    connection.close();
  }
}
