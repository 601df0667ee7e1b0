// Logins and TLS against a real broker: right ones, wrong ones, and messages that keep the password to themselves.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorChain } from '../../../src/types/errors.ts';
import { startKafka } from '../../support/services.ts';
import { closeAll, openReader, openWriter, readAll, testRuntime, wholeTopic } from './kafka-table.ts';

type Kafka = Awaited<ReturnType<typeof startKafka>>;
type Files = NonNullable<Kafka['files']>;

const USER = 'drey';
const PASSWORD = 'secret "quoted" \\ 1';
let kafka: Kafka;
let files: Files;

beforeAll(async () => {
  kafka = await startKafka({ tls: true, sasl: { username: USER, password: 'plain-secret' } });
  files = kafka.files!;
  await kafka.createTopic('t');
  const writer = await openWriter({
    options: { 'properties.bootstrap.servers': kafka.brokers, topic: 't', format: 'raw' },
  });
  await writer.write({ rows: [['hello']], kinds: null });
  await writer.flush(true);
}, 180_000);

afterAll(async () => {
  await closeAll();
  await kafka?.close();
});

const jaas = (module: string, password = 'plain-secret') =>
  `org.apache.kafka.common.security.${module.toLowerCase()}.${module}LoginModule required username="${USER}" password="${password}";`;

async function read(port: number | undefined, properties: Record<string, string>): Promise<unknown> {
  const options: Record<string, string> = wholeTopic(`127.0.0.1:${port}`, 't', {
    'properties.socket.connection.setup.timeout.ms': '3000',
  });
  for (const [key, value] of Object.entries(properties)) options[`properties.${key}`] = value;
  const runtime = testRuntime();
  try {
    return await readAll(await openReader({ options, runtime }));
  } catch (error) {
    const text = [...errorChain(error), ...runtime.logged].join('\n');
    expect(text).not.toContain('plain-secret');
    expect(text).not.toContain(PASSWORD);
    return text;
  }
}

describe('SASL', () => {
  test.each([
    ['PLAIN', 'Plain'],
    ['SCRAM-SHA-256', 'Scram'],
    ['SCRAM-SHA-512', 'Scram'],
  ])('%s', async (mechanism, module) => {
    const login = { 'security.protocol': 'SASL_PLAINTEXT', 'sasl.mechanism': mechanism };
    expect(await read(kafka.saslPort, { ...login, 'sasl.jaas.config': jaas(module) })).toEqual([['hello']]);
    const wrong = await read(kafka.saslPort, { ...login, 'sasl.jaas.config': jaas(module, 'wrong') });
    expect(wrong).toContain(`SASL/${mechanism} login of user '${USER}' at Kafka broker 127.0.0.1:`);
    expect(wrong).toContain('failed: Authentication failed');
  });

  test('with TLS', async () => {
    expect(
      await read(kafka.saslTlsPort, {
        'security.protocol': 'SASL_SSL',
        'sasl.mechanism': 'PLAIN',
        'sasl.jaas.config': jaas('Plain'),
        'ssl.truststore.location': files.ca,
        'ssl.truststore.type': 'PEM',
      }),
    ).toEqual([['hello']]);
  });

  test('no login where one is asked for', async () => {
    expect(await read(kafka.saslPort, {})).toContain('the broker closed the connection');
  });
});

describe('TLS', () => {
  const ssl = { 'security.protocol': 'SSL' };

  test.each(['PEM', 'PKCS12', 'JKS'])('trust store in %s', async (type) => {
    const location = { PEM: files.ca, PKCS12: files.truststorePkcs12, JKS: files.truststoreJks }[type] ?? '';
    const store = { 'ssl.truststore.location': location, 'ssl.truststore.type': type };
    const password = type === 'PEM' ? {} : { 'ssl.truststore.password': files.password };
    expect(await read(kafka.tlsPort, { ...ssl, ...store, ...password })).toEqual([['hello']]);
  });

  test('a client certificate out of a key store', async () => {
    expect(
      await read(kafka.tlsPort, {
        ...ssl,
        'ssl.truststore.location': files.ca,
        'ssl.keystore.location': files.clientPkcs12,
        'ssl.keystore.password': files.password,
      }),
    ).toEqual([['hello']]);
    expect(
      await read(kafka.tlsPort, {
        ...ssl,
        'ssl.truststore.location': files.ca,
        'ssl.keystore.location': files.clientPkcs12,
        'ssl.keystore.password': PASSWORD,
      }),
    ).toContain("(option 'properties.ssl.keystore.location') cannot be opened");
  });

  test('a broker that nobody vouches for, and files that are not there', async () => {
    expect(await read(kafka.tlsPort, ssl)).toMatch(/certificate/);
    expect(await read(kafka.tlsPort, { ...ssl, 'ssl.truststore.location': '/nowhere' })).toContain(
      "The file '/nowhere' (option 'properties.ssl.truststore.location') cannot be read.",
    );
    const wrong = { 'ssl.truststore.location': files.truststorePkcs12, 'ssl.truststore.password': PASSWORD };
    expect(await read(kafka.tlsPort, { ...ssl, ...wrong })).toContain('cannot be opened');
  });

  test('TLS on one side only', async () => {
    expect(await read(kafka.tlsPort, {})).toContain('the broker');
    expect(await read(kafka.port, { ...ssl, 'ssl.truststore.location': files.ca })).toContain('Kafka broker');
  });
});
