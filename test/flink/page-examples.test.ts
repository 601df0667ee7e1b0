// The connector page's six examples on a Flink cluster, verbatim but for host, port, password, broker and topic: real Kafka in, a
// Redis with a password out. The whole key space is compared, and every row of the joins in its order.
import { expect, test } from 'vitest';
import { inDatabase } from '../support/in-database.ts';
import { produce } from '../support/kafka-messages.ts';
import { exampleSql, type PageExample, pageExamples } from '../support/page-examples.ts';
import { sharedKafka, sharedRedis } from '../support/services.ts';
import { eventually } from './support/eventually.ts';
import { FlinkSession, splitStatements } from './support/flink.ts';
import { keySpace } from './support/key-space.ts';

const MESSAGES = Number(process.env['DREY_TEST_MESSAGES'] ?? 20_000);
const LIMIT_MS = 120_000;

async function start(example: PageExample, session: FlinkSession) {
  const kafka = await sharedKafka();
  const redis = await sharedRedis({ password: true });
  const topic = await kafka.createTopic(example.file);
  await produce(
    kafka.brokers,
    topic,
    example.messages.map((m) => JSON.stringify(m)),
  );
  await inDatabase(redis, example.redis);
  const { host, port, password, database } = redis;
  const output = `'connector' = 'print', 'print-identifier' = '${topic}'`;
  const script = exampleSql(example, {
    ...{ brokers: kafka.brokers, topic, host, port, database, output },
    password: password!,
  });
  const statements = splitStatements(script);
  for (const statement of statements.slice(0, -1)) await session.execute(statement);
  return { jobId: await session.start(statements.at(-1)!), redis, topic };
}

test.each(pageExamples(MESSAGES))(
  '$name',
  async (example) => {
    const session = await FlinkSession.open();
    const { jobId, redis, topic } = await start(example, session);
    try {
      if (example.keys !== undefined) {
        const expected = Object.fromEntries(
          [...example.keys].map(([key, value]) => [
            key,
            typeof value === 'string'
              ? { type: 'string', content: value, hoursToLive: null }
              : { type: 'hash', content: Object.entries(value).sort(byName), hoursToLive: null },
          ]),
        );
        const isWritten = async () =>
          JSON.stringify(await keySpace(redis)) === JSON.stringify(sorted(expected));
        await eventually('the key space is what it has to be', isWritten, LIMIT_MS, () =>
          session.jobs.failure(jobId),
        );
        expect(await keySpace(redis)).toEqual(expected);
      } else {
        const whole = example.rows!.map((row) => `${topic}> ${row}\n`).join('');
        const isPrinted = async () => session.printedText().length >= whole.length;
        await eventually('all rows are printed', isPrinted, LIMIT_MS, () => session.jobs.failure(jobId));
        const printed = session.printedText();
        // A long text is compared by lines only where it differs.
        expect(printed === whole || printed.split('\n')).toEqual(true);
      }
    } finally {
      await session.jobs.cancel(jobId);
      await session.close();
    }
  },
  2 * LIMIT_MS,
);

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);
const sorted = (keys: object) => Object.fromEntries(Object.entries(keys).sort(byName));
