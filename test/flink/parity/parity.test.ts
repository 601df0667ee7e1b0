// Two hosts, one behaviour: each job leaves the same in Redis, prints the same rows and fails with the same words in Drey's own
// runtime and on a Flink cluster, over the same Kafka and the same Redis. What differs stands in differences.ts.
import { afterAll, describe, expect, inject, test } from 'vitest';
import { inDatabase } from '../../support/in-database.ts';
import { produce } from '../../support/kafka-messages.ts';
import { type SharedRedis, sharedKafka, sharedRedis } from '../../support/services.ts';
import { DIFFERENCES, type Difference } from './differences.ts';
import { AGGREGATE_JOBS } from './jobs/aggregate-jobs.ts';
import { BAD_JOBS } from './jobs/bad-jobs.ts';
import { EXTENSION_JOBS } from './jobs/extension-jobs.ts';
import { LOOKUP_JOBS } from './jobs/lookup-jobs.ts';
import { SINK_JOBS } from './jobs/sink-jobs.ts';
import type { Outcome, ParityJob, Places } from './parity-job.ts';
import { type Result, saveResults, shown } from './results.ts';
import { runOnDrey } from './run-on-drey.ts';
import { runOnFlink } from './run-on-flink.ts';

const GROUPS: Readonly<Record<string, readonly ParityJob[]>> = {
  Sinks: SINK_JOBS,
  'Dimension tables': LOOKUP_JOBS,
  Aggregates: AGGREGATE_JOBS,
  'Extensions and edges': EXTENSION_JOBS,
  'Bad jobs': BAD_JOBS,
};

let jobs = 0;

/** The job's topics, filled; and a database with what it expects. */
async function prepare(job: ParityJob): Promise<(redis: SharedRedis) => Promise<Places>> {
  const kafka = await sharedKafka();
  const topics: Record<string, string> = {};
  for (const [name, messages] of Object.entries(job.topics ?? {})) {
    topics[name] = await kafka.createTopic(name);
    await produce(kafka.brokers, topics[name], messages);
  }
  const printIdentifier = `parity-${process.pid}-${++jobs}`;
  return async (redis) => {
    await inDatabase(redis, job.redis ?? []);
    return { redis, brokers: kafka.brokers, topics, printIdentifier };
  };
}

const inOrder = (rows: readonly string[], job: ParityJob) => (job.unordered ? [...rows].sort() : rows);

const comparable = ({ keys, printed, rows }: Outcome, job: ParityJob) => ({
  keys,
  printed: inOrder(printed, job),
  rows: inOrder(rows, job),
});

/** Each host has a database of its own; line breaks are nobody's business. */
const plain = (message: string) => message.replace(/'dbNum'='\d+'/g, "'dbNum'='…'").replace(/\s+/g, ' ');
const whole = ({ error }: Outcome) => (error === null ? null : plain(error.join('\n')));

function expectSame(drey: Outcome, flink: Outcome, job: ParityJob): void {
  if (drey.error === null) {
    expect(flink.error).toBeNull();
    expect(comparable(flink, job)).toEqual(comparable(drey, job));
    return;
  }
  const said = whole(flink) ?? '';
  expect(
    drey.error.map(plain).filter((message) => !said.includes(message)),
    said,
  ).toEqual([]);
}

/** A difference that is gone is a line to be removed. */
function expectDifferent(drey: Outcome, flink: Outcome, difference: Difference): void {
  const { drey: onDrey, flink: onFlink } = difference;
  expect(whole(drey)).toEqual(onDrey === null ? null : expect.stringContaining(plain(onDrey)));
  expect(whole(flink)).toEqual(onFlink === null ? null : expect.stringContaining(plain(onFlink)));
}

function differenceOf({ name }: ParityJob): Difference | undefined {
  const difference = DIFFERENCES[name];
  const { version } = inject('flink');
  return difference?.versions?.includes(version) === false ? undefined : difference;
}

const results: Result[] = [];

async function compare(job: ParityJob, group: string): Promise<void> {
  const at = await prepare(job);
  const drey = await runOnDrey(job, await at(await sharedRedis()));
  const flink = await runOnFlink(job, await at(await sharedRedis()));
  const difference = differenceOf(job);
  const result = { group, name: job.name, shows: shown(drey) };
  results.push({ ...result, verdict: 'failed' });
  if (difference === undefined) expectSame(drey, flink, job);
  else expectDifferent(drey, flink, difference);
  // A job that leaves nothing behind shows nothing.
  expect(result.shows).not.toBe('');
  if (difference === undefined) expect(drey.error === null).toBe(group !== 'Bad jobs');
  // Only one version knows the clause.
  if (inject('flink').version !== '2.3') expect(flink.clause).toBe(false);
  const same = flink.clause ? 'same with ON CONFLICT' : 'same';
  results[results.findIndex(({ name }) => name === job.name)] =
    difference === undefined
      ? { ...result, verdict: same }
      : { ...result, verdict: 'differs', reason: difference.reason };
}

const all = Object.values(GROUPS).flat();

test('every job has a name of its own, and every difference a job', () => {
  const names = all.map((job) => job.name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  expect(Object.keys(DIFFERENCES).filter((name) => !names.includes(name))).toEqual([]);
  expect(names.length).toBeGreaterThan(60);
});

describe.concurrent('two hosts', () => {
  for (const [group, members] of Object.entries(GROUPS))
    describe(group, () => {
      test.each(members)('$name', (job) => compare(job, group));
    });
});

afterAll(() => {
  // Part of the jobs is no result.
  const inOrderOfJobs = all.flatMap((job) => results.filter(({ name }) => name === job.name));
  if (inOrderOfJobs.length === all.length) saveResults(inject('flink').version, inOrderOfJobs);
});
