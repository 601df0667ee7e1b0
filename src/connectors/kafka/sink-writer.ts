// Rows to messages: key, value, topic, headers and time (DynamicKafkaRecordSerializationSchema).
import type { Encoder } from '../../connector/format.ts';
import type { Counter } from '../../connector/metrics.ts';
import { type RuntimeContext, subtaskOf } from '../../connector/runtime-context.ts';
import type { SinkTarget, SinkWriter } from '../../connector/sink.ts';
import type { Timer } from '../../types/clock.ts';
import { ConnectorError, DataError } from '../../types/errors.ts';
import { kindAt, type Row, type RowBatch, RowKind } from '../../types/row.ts';
import { TimestampData } from '../../types/values.ts';
import { KafkaCluster } from './cluster.ts';
import { createPartitioner } from './produce/partitioner.ts';
import { KafkaProducer } from './produce/producer.ts';
import type { RecordHeader } from './records/batch-writer.ts';
import type { KafkaTarget } from './sink.ts';
import { instantOf } from './wall-clock.ts';

export class KafkaSinkWriter implements SinkWriter {
  readonly #target: KafkaTarget;
  readonly #context: RuntimeContext;
  readonly #cluster: KafkaCluster;
  readonly #producer: KafkaProducer;
  readonly #key: Encoder | null;
  readonly #value: Encoder;
  /** Null: the value is the row itself. */
  readonly #valueColumns: readonly number[] | null;
  readonly #topicAt: number;
  readonly #headersAt: number;
  readonly #timestampAt: number;
  readonly #timestampIsLocal: boolean;
  readonly #onlyTopic: string | null;
  readonly #sent: Counter;
  readonly #bytes: Counter;
  readonly #errors: Counter;
  readonly #waiting: (() => void)[] = [];
  #ageTimer: Timer | null = null;
  #closed = false;

  constructor(target: KafkaTarget, written: SinkTarget, context: RuntimeContext) {
    this.#target = target;
    this.#context = context;
    const { columns, keyFormat, valueFormat, topics } = target;
    const { clock, logger, metrics } = context;
    this.#cluster = new KafkaCluster(target.client, clock, logger);
    const partitioner = createPartitioner(target.partitioner, subtaskOf(context).index);
    this.#producer = new KafkaProducer(this.#cluster, partitioner, clock, logger, {
      onProgress: () => this.#onProgress(),
      onFailure: (error) => {
        this.#errors.value++;
        context.fail(error);
      },
    });
    this.#key = keyFormat?.createEncoder(columns.keySchema) ?? null;
    this.#value = valueFormat.createEncoder(columns.valueSchema);
    const physical = new Set([...columns.key, ...columns.value]).size;
    const plain = written.metadata.length === 0 && columns.value.length === physical;
    this.#valueColumns = plain ? null : columns.value;
    const metadataAt = (key: string) => {
      const at = written.metadata.findIndex((m) => m.key === key);
      return at < 0 ? -1 : physical + at;
    };
    this.#topicAt = metadataAt('topic');
    this.#headersAt = metadataAt('headers');
    this.#timestampAt = metadataAt('timestamp');
    this.#timestampIsLocal = written.metadata.some(
      (m) => m.key === 'timestamp' && m.type.root === 'TIMESTAMP',
    );
    this.#onlyTopic = 'topics' in topics && topics.topics.length === 1 ? (topics.topics[0] ?? null) : null;
    this.#sent = metrics.counter('numRecordsSend');
    this.#bytes = metrics.counter('numBytesSend');
    this.#errors = metrics.counter('numRecordsSendErrors');
    metrics.gauge('currentSendTime', () => this.#producer.lastSendMs);
  }

  async open(): Promise<void> {
    const { topics } = this.#target;
    await this.#producer.open('topics' in topics ? topics.topics : []);
    this.#scheduleRefresh();
  }

  #scheduleRefresh(): void {
    const age = this.#target.client.metadataMaxAgeMs;
    if (age <= 0 || this.#closed) return;
    this.#ageTimer = this.#context.clock.schedule(age, () => {
      void this.#producer.refreshPartitions().finally(() => this.#scheduleRefresh());
    });
  }

  write(batch: RowBatch): void | Promise<void> {
    const stopped = this.#writeFrom(batch, 0);
    return stopped < batch.rows.length ? this.#writeRest(batch, stopped) : this.#room();
  }

  /** Up to the end, or to a row whose topic has to be asked for first. */
  #writeFrom(batch: RowBatch, first: number): number {
    const { rows } = batch;
    const now = this.#context.clock.now();
    for (let i = first; i < rows.length; i++) {
      const row = rows[i]!;
      const topic = this.#onlyTopic ?? this.#topicOf(row);
      if (!this.#producer.hasTopic(topic)) return i;
      this.#send(topic, row, kindAt(batch, i), now);
    }
    this.#producer.kick();
    return rows.length;
  }

  async #writeRest(batch: RowBatch, first: number): Promise<void> {
    for (let i = first; i < batch.rows.length; i = this.#writeFrom(batch, i)) {
      await this.#producer.addTopic(this.#topicOf(batch.rows[i]!));
    }
    await this.#room();
  }

  #send(topic: string, row: Row, kind: RowKind, now: number): void {
    const { key, value } = this.#encode(topic, row, kind);
    const at = this.#timestampAt < 0 ? null : row[this.#timestampAt];
    const timestamp = at instanceof TimestampData ? this.#instant(at) : now;
    const headers = this.#headersAt < 0 ? null : headersOf(row[this.#headersAt]);
    this.#producer.send(topic, key, value, timestamp, headers);
    this.#sent.value++;
    this.#bytes.value += (key?.length ?? 0) + (value?.length ?? 0);
  }

  #encode(topic: string, row: Row, kind: RowKind): { key: Uint8Array | null; value: Uint8Array | null } {
    try {
      const { columns, upsert } = this.#target;
      const key = this.#key === null ? null : this.#key.encode(pick(row, columns.key), RowKind.INSERT);
      if (upsert && isDelete(kind)) return { key, value: null };
      const value = this.#valueColumns === null ? row : pick(row, this.#valueColumns);
      return { key, value: this.#value.encode(value, upsert ? RowKind.INSERT : kind) };
    } catch (cause) {
      this.#errors.value++;
      throw new DataError(`A row cannot be written to Kafka topic '${topic}'.`, { cause });
    }
  }

  #instant(at: TimestampData): number {
    return this.#timestampIsLocal ? instantOf(at.millisecond, this.#context.timeZone) : at.millisecond;
  }

  /** @throws DataError in Flink's words */
  #topicOf(row: Row): string {
    const { topics } = this.#target;
    const topic = this.#topicAt < 0 ? null : row[this.#topicAt];
    if (typeof topic !== 'string') {
      throw new DataError(
        'The topic of the sink record is not valid. Expected a single topic but no topic is set.',
      );
    }
    if ('topics' in topics && !topics.topics.includes(topic)) {
      throw new DataError(
        `The topic of the sink record is not valid. Expected topic to be in: [${topics.topics.join(', ')}] but was: ${topic}`,
      );
    }
    if ('pattern' in topics && !topics.pattern.test(topic)) {
      throw new DataError(
        `The topic of the sink record is not valid. Expected topic to match: ${topics.pattern.source} but was: ${topic}`,
      );
    }
    return topic;
  }

  /** Waits while `buffer.memory` is used up. */
  #room(): void | Promise<void> {
    if (this.#producer.failure !== null) throw this.#producer.failure;
    if (this.#producer.bufferedBytes < this.#target.client.producer.bufferMemory) return;
    return this.#until(() => this.#producer.bufferedBytes < this.#target.client.producer.bufferMemory);
  }

  async #until(condition: () => boolean): Promise<void> {
    for (;;) {
      if (this.#producer.failure !== null) throw this.#producer.failure;
      if (this.#closed) throw new ConnectorError('The Kafka writer has been closed.');
      if (condition()) return;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #onProgress(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async flush(endOfInput: boolean): Promise<void> {
    if (this.#producer.failure !== null) throw this.#producer.failure;
    this.#producer.kick();
    if (this.#target.atLeastOnce || endOfInput) await this.#until(() => this.#producer.bufferedBytes === 0);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#ageTimer?.cancel();
    this.#cluster.close();
    this.#onProgress();
  }
}

/** A -U that comes without its +U is one. */
function isDelete(kind: RowKind): boolean {
  return kind === RowKind.DELETE || kind === RowKind.UPDATE_BEFORE;
}

function pick(row: Row, columns: readonly number[]): Row {
  return columns.map((i) => row[i]);
}

function headersOf(value: unknown): RecordHeader[] | null {
  if (!(value instanceof Map)) return null;
  const headers: RecordHeader[] = [];
  // A header must have a key; Flink leaves out those without one.
  for (const [key, bytes] of value) {
    if (typeof key === 'string') headers.push({ key, value: bytes instanceof Uint8Array ? bytes : null });
  }
  return headers;
}
