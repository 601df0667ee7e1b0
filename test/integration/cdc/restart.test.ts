// Groups, and the last rows of an upsert topic, are state: a job that goes on from its checkpoint has them again.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  closeClients,
  collect,
  type Database,
  database,
  eventually,
  session,
  type Topic,
  topicOf,
} from './jobs.ts';
import { debeziumMessages, SourceTable, type TableChange, withStreams } from './source-table.ts';

let folder: string | undefined;
afterEach(async () => {
  closeClients();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** What the job writes: the number of rows and their sum for each key. */
function totals(table: SourceTable): Record<string, unknown> {
  const sums = collect(
    table.rows.values(),
    (r) => r.k,
    (found: [number, number] = [0, 0], r) => [found[0] + 1, found[1] + (r.n ?? 0)] as [number, number],
  );
  return Object.fromEntries(
    Object.entries(sums).map(([k, [rows, sum]]) => [k, { c: String(rows), t: String(sum) }]),
  );
}

/** @param end stops the job when Redis is as it should be; absent: the job is cut off */
async function runJob(
  topics: { readonly changes: Topic; readonly upserts: Topic },
  sinks: { readonly changes: Database; readonly upserts: Database },
  wanted: Record<string, unknown>,
): Promise<void> {
  const env = session(
    {
      'table.dml-sync': 'false',
      'execution.checkpointing.dir': folder!,
      'execution.checkpointing.interval': '50ms',
    },
    true,
  );
  await env.executeSql(
    `CREATE TABLE changes (id STRING, k STRING, n INT) ${topics.changes.options({
      connector: 'kafka',
      'scan.startup.mode': 'earliest-offset',
      format: 'debezium-json',
    })}`,
  );
  await env.executeSql(
    `CREATE TABLE upserts (id STRING, k STRING, n INT, PRIMARY KEY (id) NOT ENFORCED) ${topics.upserts.options(
      {
        connector: 'upsert-kafka',
        'key.format': 'raw',
        'value.format': 'json',
        'value.fields-include': 'EXCEPT_KEY',
      },
    )}`,
  );
  for (const name of ['changes', 'upserts'] as const) {
    await env.executeSql(
      `CREATE TABLE ${name}_out (k STRING, c STRING, t STRING, PRIMARY KEY (k) NOT ENFORCED) ${sinks[
        name
      ].options({
        mode: 'HASHMAP',
        flattenHash: 'true',
        'sink.buffer-flush.interval': '10ms',
      })}`,
    );
  }
  const select = (from: string) =>
    `INSERT INTO ${from}_out SELECT k, CAST(COUNT(*) AS STRING), CAST(SUM(COALESCE(n, 0)) AS STRING) FROM ${from} GROUP BY k;`;
  const { job } = await env.executeSql(
    `EXECUTE STATEMENT SET BEGIN ${select('changes')} ${select('upserts')} END`,
  );
  try {
    await Promise.race([
      Promise.all([eventually(sinks.changes, wanted), eventually(sinks.upserts, wanted)]),
      job!.wait().then(() => {
        throw new Error('The job has ended by itself.');
      }),
    ]);
  } finally {
    await job!.stop();
  }
}

function upserts(changes: readonly TableChange[]) {
  return changes.flatMap((c) => {
    const put = (row: { id: string; k: string; n: number | null }) => ({
      key: row.id,
      value: JSON.stringify({ k: row.k, n: row.n }),
    });
    if (c.kind === 'insert') return [put(c.after)];
    if (c.kind === 'delete') return [{ key: c.before.id, value: null }];
    return c.before.id === c.after.id ? [put(c.after)] : [{ key: c.before.id, value: null }, put(c.after)];
  });
}

test(
  'resumed jobs know what they had counted',
  () =>
    withStreams(1, async (tried) => {
      folder = await mkdtemp(path.join(tmpdir(), 'drey-cdc-'));
      const topics = { changes: await topicOf('restart'), upserts: await topicOf('restart-upserts') };
      const sinks = { changes: await database(), upserts: await database() };
      const table = new SourceTable((row) => row.id);
      const third = Math.ceil(tried.length / 3);
      for (let from = 0; from < tried.length; from += third) {
        const before = table.changes.length;
        table.tryAll(tried.slice(from, from + third));
        const fresh = table.changes.slice(before);
        await topics.changes.produce(debeziumMessages(fresh));
        await topics.upserts.produce(upserts(fresh));
        await runJob(topics, sinks, totals(table));
      }
      expect(await sinks.changes.content()).toEqual(totals(table));
    }),
  60_000,
);
