// What a real Flink reads from and writes to Kafka, statement by statement: the same messages, the same tables, the same rows.
import { Producer } from '@platformatic/kafka';
import { expect, test } from 'vitest';
import { type OracleCase, oracleCases, runCase, sentence } from '../../support/oracle.ts';
import { sharedKafka } from '../../support/services.ts';

/** Why a case is not run. */
const WAIVED = /maxwell-json|ogg-json/;

interface KafkaCase extends OracleCase {
  /** [key, value] */
  readonly messages?: readonly (readonly [string | null, string | null])[];
}

async function prepare(recorded: KafkaCase): Promise<KafkaCase> {
  const kafka = await sharedKafka();
  const text = JSON.stringify(recorded);
  const old = /'topic'='(\w+)'/.exec(text)?.[1] ?? '';
  const topic = await kafka.createTopic('oracle');
  const producer = new Producer({ clientId: 'oracle', bootstrapBrokers: [kafka.brokers] });
  const bytes = (value: string | null) => (value === null ? null : Buffer.from(value)) as Buffer;
  try {
    for (const [key, value] of recorded.messages ?? []) {
      await producer.send({ messages: [{ topic, key: bytes(key), value: bytes(value) }] });
    }
  } finally {
    await producer.close();
  }
  return JSON.parse(
    text.replaceAll('{{KAFKA}}', kafka.brokers).replaceAll(`'topic'='${old}'`, `'topic'='${topic}'`),
  ) as KafkaCase;
}

/** Which message it is differs from run to run, and so do Java's words around it. */
const NOISE = /Failed to deserialize consumer record|Job|fetch next result|fetch job execution|Recovery/;

const cases = ['kafka', 'kafkasink'].flatMap((group) => oracleCases(group) as KafkaCase[]);
const run = cases.filter((c) => !WAIVED.test(JSON.stringify(c.setup)));

test.each(run.map((c) => [`${c.id} ${c.name ?? ''}`, c] as const))('%s', async (_, recorded) => {
  const c = await prepare(recorded);
  const actual = await runCase(c, { 'table.dml-sync': 'true' });
  if (c.result.error === undefined) {
    expect(actual.error).toBeNull();
    expect(actual.columns).toEqual(c.result.columns);
    expect(actual.rows).toEqual(c.result.rows);
    return;
  }
  const expected = c.result.error.map(sentence).filter((line) => !NOISE.test(line));
  expect(actual.error?.join('\n')).toContain(expected[0]);
});
