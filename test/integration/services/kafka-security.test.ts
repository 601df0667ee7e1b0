// The broker's other listeners: SASL with passwords, TLS with the authority of our own.
import { readFileSync } from 'node:fs';
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startKafka } from '../../support/services.ts';

describe('Kafka with security', () => {
  let kafka: Awaited<ReturnType<typeof startKafka>>;

  beforeAll(async () => {
    kafka = await startKafka({ sasl: { username: 'drey', password: 's3cret=x' }, tls: true });
    await kafka.createTopic('secured', 2);
  });

  afterAll(() => kafka?.close());

  async function partitions(
    config: Partial<KafkaConfig>,
    port: number | undefined,
  ): Promise<number | undefined> {
    const client = new Kafka({
      brokers: [`localhost:${port}`],
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
      ...config,
    });
    const admin = client.admin();
    await admin.connect();
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: ['secured'] });
      return topics[0]?.partitions.length;
    } finally {
      await admin.disconnect();
    }
  }

  const login = { username: 'drey', password: 's3cret=x' };
  const ssl = () => ({ ca: [readFileSync(kafka.files?.ca ?? '')] });

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('takes %s', async (mechanism) => {
    const sasl = { mechanism, ...login } as NonNullable<KafkaConfig['sasl']>;
    expect(await partitions({ sasl }, kafka.saslPort)).toBe(2);
  });

  test('refuses a wrong password', async () => {
    const sasl = { mechanism: 'plain', username: 'drey', password: 'wrong' } as const;
    await expect(partitions({ sasl }, kafka.saslPort)).rejects.toThrow(/Authentication failed/i);
  });

  test('speaks TLS, also with a password', async () => {
    expect(await partitions({ ssl: ssl() }, kafka.tlsPort)).toBe(2);
    expect(await partitions({ ssl: ssl(), sasl: { mechanism: 'plain', ...login } }, kafka.saslTlsPort)).toBe(
      2,
    );
  });
});
