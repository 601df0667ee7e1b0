// Twenty submissions with ADD JAR, each in a class loader of its own: when they have ended, the TaskManager has no process, thread,
// file or class loader more than before.
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type FlinkHandle, startFlink } from '../../scripts/flink/cluster.mjs';
import { ensureConnectorJar } from '../../scripts/flink/cluster-jars.mjs';
import { inDatabase } from '../support/in-database.ts';
import { sharedRedis } from '../support/services.ts';
import { eventually } from './support/eventually.ts';
import { FlinkSession } from './support/flink.ts';
import { placeOf } from './support/place.ts';
import { jobClassLoaders, openFiles, threadsOf, workersOf } from './support/processes.ts';

const SUBMISSIONS = 20;
const LIMIT_MS = 600_000;

let flink: FlinkHandle;
beforeAll(async () => {
  flink = await startFlink({
    version: inject('flink').version,
    jar: null,
    // Softly referenced class loaders go with the next collection, so that what is left is held.
    javaOptions: ['-XX:SoftRefLRUPolicyMSPerMB=0'],
  });
});
afterAll(() => flink?.close());

/** Files below the TaskManager's folder for temporary files. */
function temporaryFiles(folder = path.join(flink.folder, 'tmp')): string[] {
  return readdirSync(folder).flatMap((name) => {
    const entry = path.join(folder, name);
    return statSync(entry).isDirectory() ? temporaryFiles(entry) : [entry];
  });
}

async function submit(number: number, options: string): Promise<void> {
  const session = await FlinkSession.open({}, placeOf(flink));
  await session.execute(`ADD JAR '${ensureConnectorJar()}'`);
  await session.execute(
    `CREATE TABLE dim (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (${options}, 'mode' = 'STRING', 'key-prefix' = 'd:', 'cache' = '${['None', 'LRU', 'ALL'][number % 3]}')`,
  );
  await session.execute(
    `CREATE TABLE sink (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (${options}, 'mode' = 'STRING', 'key-prefix' = 's:')`,
  );
  await session.execute(
    `CREATE TABLE numbers (n BIGINT, pt AS PROCTIME()) WITH ('connector' = 'datagen', 'rows-per-second' = '1000000', 'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '500')`,
  );
  await session.insert(
    "INSERT INTO sink SELECT CONCAT(CAST(n AS STRING), '/', d.k), d.v FROM (SELECT n, pt, CAST(MOD(n, 3) AS STRING) AS k FROM numbers) AS s JOIN dim FOR SYSTEM_TIME AS OF s.pt AS d ON s.k = d.k",
  );
  await session.close();
}

/** A job without the connector. What the JDK remembers of the classes of earlier jobs goes when it meets others. */
async function submitFlinksOwn(): Promise<void> {
  const session = await FlinkSession.open({}, placeOf(flink));
  await session.execute(
    "CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '10')",
  );
  await session.execute("CREATE TABLE nowhere (n BIGINT) WITH ('connector' = 'blackhole')");
  await session.insert('INSERT INTO nowhere SELECT n FROM numbers');
  await session.close();
}

test(`${SUBMISSIONS} submissions leave nothing behind`, { timeout: LIMIT_MS }, async () => {
  const redis = await sharedRedis();
  const { host, port, database } = redis;
  const options = `'connector' = 'redis', 'host' = '${host}', 'port' = '${port}', 'dbNum' = '${database}'`;
  await inDatabase(redis, [['MSET', 'd:0', 'zero', 'd:1', 'one', 'd:2', 'two']]);
  const { pid } = flink.taskManagers[0]!;
  // What Flink itself loads, starts and opens with the first jobs is not ours.
  for (let number = 0; number < 3; number++) await submit(number, options);
  await eventually('the first workers ended', async () => workersOf(pid).length === 0);
  const files = openFiles(pid);

  for (let number = 0; number < SUBMISSIONS; number++) await submit(number, options);

  expect(await inDatabase(redis, [['DBSIZE']])).toEqual([503]);
  await eventually('no worker is left', async () => workersOf(pid).length === 0);
  await eventually('no thread is left', async () =>
    (await threadsOf(pid)).every((name) => !name.startsWith('drey')),
  );
  await submitFlinksOwn();
  // Flink keeps the loader of the latest job until the next one comes, or a minute.
  await eventually('no class loader is left', async () => (await jobClassLoaders(pid)) <= 1, 120_000);
  expect(openFiles(pid)).toBeLessThanOrEqual(files + 5);
  expect(temporaryFiles().filter((name) => /drey|worker/i.test(path.basename(name)))).toEqual([]);
});
