// `properties.*` of a table, with the names, defaults and meanings of Java's Kafka clients where Drey has the same knob.
import { parseBoolean, parseInt32 } from '../../options/parse.ts';
import { ValidationError } from '../../types/errors.ts';
import { COMPRESSION_TYPES, type CompressionType } from './codecs/codecs.ts';
import { parseJaasConfig } from './jaas.ts';
import type { TlsFiles } from './tls.ts';
import type { BrokerAddress } from './wire/broker-connection.ts';
import { SASL_MECHANISMS, type SaslCredentials } from './wire/sasl-credentials.ts';

export type OffsetReset = 'earliest' | 'latest' | 'none';

export interface KafkaClientConfig {
  readonly bootstrap: readonly BrokerAddress[];
  readonly clientId: string;
  readonly groupId: string;
  /** Null: no TLS. */
  readonly tls: TlsFiles | null;
  readonly sasl: SaslCredentials | null;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly reconnectBackoffMs: number;
  readonly reconnectBackoffMaxMs: number;
  readonly metadataMaxAgeMs: number;
  /** Undefined: what the startup mode implies. */
  readonly autoOffsetReset: OffsetReset | undefined;
  readonly readCommitted: boolean;
  readonly checkCrcs: boolean;
  readonly commitOnCheckpoint: boolean;
  readonly fetchMinBytes: number;
  readonly fetchMaxWaitMs: number;
  readonly fetchMaxBytes: number;
  readonly fetchMaxBytesPerPartition: number;
  readonly producer: ProducerConfig;
  /** Properties that have no meaning here. */
  readonly ignored: readonly string[];
}

export interface ProducerConfig {
  /** -1: all in-sync replicas. */
  readonly acks: -1 | 0 | 1;
  readonly idempotent: boolean;
  readonly compression: CompressionType;
  readonly batchSize: number;
  readonly maxRequestSize: number;
  readonly bufferMemory: number;
  readonly deliveryTimeoutMs: number;
  readonly maxBlockMs: number;
}

/** @throws ValidationError that names the property */
export function readClientConfig(
  bootstrapServers: string,
  groupId: string,
  properties: ReadonlyMap<string, string>,
): KafkaClientConfig {
  const p = new Properties(properties);
  const security = readSecurity(p);
  const acks = p.oneOf('acks', ['all', '-1', '1', '0'], 'all');
  return {
    bootstrap: parseBootstrapServers(bootstrapServers),
    clientId: p.string('client.id') ?? p.string('client.id.prefix') ?? groupId,
    groupId,
    ...security,
    connectTimeoutMs: p.int('socket.connection.setup.timeout.ms', 10_000),
    requestTimeoutMs: p.int('request.timeout.ms', 30_000),
    reconnectBackoffMs: p.int('reconnect.backoff.ms', 50),
    reconnectBackoffMaxMs: p.int('reconnect.backoff.max.ms', 1000),
    metadataMaxAgeMs: p.int('metadata.max.age.ms', 300_000),
    autoOffsetReset: readOffsetReset(p),
    readCommitted:
      p.oneOf('isolation.level', ['read_uncommitted', 'read_committed'], 'read_uncommitted') ===
      'read_committed',
    checkCrcs: p.boolean('check.crcs', true),
    commitOnCheckpoint: p.boolean('commit.offsets.on.checkpoint', true),
    fetchMinBytes: p.int('fetch.min.bytes', 1),
    fetchMaxWaitMs: p.int('fetch.max.wait.ms', 500),
    // Java's 50 MB would be held several times over; smaller responses are faster too (they fit the processor's cache).
    fetchMaxBytes: p.int('fetch.max.bytes', 4 * 2 ** 20),
    fetchMaxBytesPerPartition: p.int('max.partition.fetch.bytes', 2 ** 20),
    producer: {
      acks: acks === 'all' || acks === '-1' ? -1 : acks === '1' ? 1 : 0,
      idempotent: p.boolean('enable.idempotence', true) && (acks === 'all' || acks === '-1'),
      compression: p.oneOf('compression.type', COMPRESSION_TYPES, 'none'),
      // Java's 16 KB makes requests small; what is open is sent at once anyway when the broker is free.
      batchSize: p.int('batch.size', 128 * 1024),
      maxRequestSize: p.int('max.request.size', 2 ** 20),
      bufferMemory: p.int('buffer.memory', 32 * 2 ** 20),
      deliveryTimeoutMs: p.int('delivery.timeout.ms', 120_000),
      maxBlockMs: p.int('max.block.ms', 60_000),
    },
    ignored: p.unread(),
  };
}

/** `host:port,host:port`; IPv6 addresses in brackets. */
export function parseBootstrapServers(text: string): BrokerAddress[] {
  const addresses = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((url): BrokerAddress => {
      const match = /^(?:[A-Za-z][\w+]*:\/\/)?(?:\[([\da-fA-F:.%]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(url);
      const port = Number(match?.[3]);
      if (match === null || port < 1 || port > 65_535) {
        throw new ValidationError(
          `Invalid url in 'properties.bootstrap.servers': '${url}'. Expected host:port, several separated by commas.`,
        );
      }
      return { host: match[1] ?? match[2] ?? '', port };
    });
  if (addresses.length === 0) {
    throw new ValidationError("No broker is given in 'properties.bootstrap.servers'. Expected host:port.");
  }
  return addresses;
}

function readOffsetReset(p: Properties): OffsetReset | undefined {
  const text = p.string('auto.offset.reset');
  if (text === undefined) return undefined;
  const found = (['latest', 'earliest', 'none'] as const).find((v) => v === text.trim().toLowerCase());
  if (found !== undefined) return found;
  throw new ValidationError(
    `auto.offset.reset can not be set to ${text}. Valid values: [latest,earliest,none]`,
  );
}

function readSecurity(p: Properties): { tls: TlsFiles | null; sasl: SaslCredentials | null } {
  const protocol = p.oneOf(
    'security.protocol',
    ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'],
    'PLAINTEXT',
  );
  const tls = readTls(p);
  const sasl = protocol.startsWith('SASL') ? readSasl(p) : null;
  if (sasl === null) p.skip('sasl.mechanism', 'sasl.jaas.config');
  return { tls: protocol.endsWith('SSL') ? tls : null, sasl };
}

function readTls(p: Properties): TlsFiles {
  return {
    truststoreLocation: p.string('ssl.truststore.location'),
    truststorePassword: p.string('ssl.truststore.password'),
    truststoreType: p.string('ssl.truststore.type'),
    truststoreCertificates: p.string('ssl.truststore.certificates'),
    keystoreLocation: p.string('ssl.keystore.location'),
    keystorePassword: p.string('ssl.keystore.password'),
    keystoreType: p.string('ssl.keystore.type'),
    certificateChain: p.string('ssl.keystore.certificate.chain'),
    key: p.string('ssl.keystore.key'),
    keyPassword: p.string('ssl.key.password'),
    verifyHostName: (p.string('ssl.endpoint.identification.algorithm') ?? 'https') !== '',
  };
}

function readSasl(p: Properties): SaslCredentials {
  const given = p.string('sasl.mechanism');
  const mechanism = SASL_MECHANISMS.find((m) => m === given?.trim().toUpperCase());
  if (mechanism === undefined) {
    throw new ValidationError(
      `The option 'properties.sasl.mechanism' ${given === undefined ? 'is missing' : `is '${given}'`}; with SASL it should be one of: ${SASL_MECHANISMS.join(', ')}.`,
    );
  }
  const jaas = p.string('sasl.jaas.config');
  if (jaas === undefined) {
    throw new ValidationError(
      "The option 'properties.sasl.jaas.config', which holds user and password, is missing.",
    );
  }
  return { mechanism, ...parseJaasConfig(jaas, mechanism) };
}

/** Remembers which properties have been asked for. */
class Properties {
  readonly #given: ReadonlyMap<string, string>;
  readonly #read = new Set<string>();

  constructor(given: ReadonlyMap<string, string>) {
    this.#given = given;
  }

  string(key: string): string | undefined {
    this.#read.add(key);
    return this.#given.get(key);
  }

  int(key: string, fallback: number): number {
    const text = this.string(key);
    if (text === undefined) return fallback;
    const value = this.#parsed(key, text, parseInt32);
    if (value < 0) throw invalid(key, `it shouldn't be negative, but is ${value}`);
    return value;
  }

  boolean(key: string, fallback: boolean): boolean {
    const text = this.string(key);
    return text === undefined ? fallback : this.#parsed(key, text, parseBoolean);
  }

  /** Without regard to case. */
  oneOf<const T extends string>(key: string, values: readonly T[], fallback: NoInfer<T>): T {
    const text = this.string(key);
    if (text === undefined) return fallback;
    const found = values.find((v) => v.toLowerCase() === text.trim().toLowerCase());
    if (found === undefined) throw invalid(key, `it is '${text}', expected one of: [${values.join(', ')}]`);
    return found;
  }

  skip(...keys: string[]): void {
    for (const key of keys) this.#read.add(key);
  }

  unread(): string[] {
    return [...this.#given.keys()].filter((key) => !this.#read.has(key)).sort();
  }

  #parsed<T>(key: string, text: string, parse: (text: string) => T): T {
    try {
      return parse(text);
    } catch (cause) {
      throw new ValidationError(`Invalid value for option 'properties.${key}'.`, { cause });
    }
  }
}

function invalid(key: string, why: string): ValidationError {
  return new ValidationError(`Invalid value for option 'properties.${key}': ${why}.`);
}
