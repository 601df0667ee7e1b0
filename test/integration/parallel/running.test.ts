// A job in several threads is one job: one failure, one restart, one end, one set of metrics.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TableEnvironment } from '../../../src/table-environment/table-environment.ts';
import { DataError, errorChain, TableError } from '../../../src/types/errors.ts';
import { DreyProcess, drey } from '../../support/drey.ts';
import { labsinkFactory } from '../../support/labsink.ts';
import { startRedis } from '../../support/services.ts';
import { closeClients, database, session, topicOf, WHOLE, withOptions } from '../cdc/jobs.ts';
import { LIMIT_MS, prepareThreads } from './threads.ts';

const TWO = { 'parallelism.default': '2', 'table.dml-sync': 'false' };

prepareThreads();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drey-threads-'));
});
afterEach(async () => {
  closeClients();
  await rm(folder, { recursive: true, force: true });
});

const rows = (count: number, partitions: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({
    value: JSON.stringify({ id: String(from + i), v: i }),
    partition: i % partitions,
  }));

/** Of the finished files of a folder, once it is there. */
async function linesOf(out: string): Promise<string[]> {
  const names = await readdir(out).catch(() => []);
  const finished = names.filter((name) => !name.startsWith('.'));
  const texts = await Promise.all(finished.map((name) => readFile(path.join(out, name), 'utf8')));
  return texts.join('').trimEnd().split('\n');
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  const limit = Date.now() + LIMIT_MS;
  while (!(await what())) {
    if (Date.now() > limit) throw new Error(`not within ${LIMIT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A session that keeps what it says. */
function talking(config: Record<string, string>) {
  const said: string[] = [];
  const printed: string[] = [];
  const note = (level: string) => (line: string) => void said.push(`${level} ${line}`);
  const env = TableEnvironment.create({
    config: { 'execution.checkpointing.dir': folder, 'restart-strategy.type': 'none', ...config },
    logger: { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') },
    stdout: (text) => void printed.push(...text.trimEnd().split('\n')),
  });
  return { env, said, printed };
}

const GENERATED = `CREATE TABLE g (id BIGINT, k INT) WITH ('connector' = 'datagen', 'fields.id.kind' = 'sequence',
  'fields.id.start' = '1', 'fields.id.end' = '40', 'fields.k.min' = '1', 'fields.k.max' = '2')`;

describe('what it writes', { timeout: LIMIT_MS }, () => {
  test('print: the number of the writer, where there are several', async () => {
    const { env, printed } = talking({ ...TWO, 'table.dml-sync': 'true' });
    await env.executeSql(GENERATED);
    await env.executeSql("CREATE TABLE p (id BIGINT) WITH ('connector' = 'print')");
    await env.executeSql(
      "CREATE TABLE p1 (id BIGINT) WITH ('connector' = 'print', 'print-identifier' = 'one', 'sink.parallelism' = '1')",
    );
    await env.executeSql(
      'EXECUTE STATEMENT SET BEGIN INSERT INTO p SELECT id FROM g; INSERT INTO p1 SELECT id FROM g; END',
    );
    const numbered = Array.from({ length: 40 }, (_, i) => `${1 + (i % 2)}> +I[${i + 1}]`);
    const named = Array.from({ length: 40 }, (_, i) => `one> +I[${i + 1}]`);
    expect(printed.sort()).toEqual([...numbered, ...named].sort());
  });

  test('files: each writer has its own; nothing is left half written', async () => {
    const { env } = talking({ ...TWO, 'table.dml-sync': 'true' });
    await env.executeSql(GENERATED);
    const out = path.join(folder, 'out');
    await env.executeSql(
      `CREATE TABLE f (id BIGINT) ${withOptions({ connector: 'filesystem', path: out, format: 'csv' })}`,
    );
    await env.executeSql('INSERT INTO f SELECT id FROM g');
    const names = await readdir(out);
    expect(names.map((name) => /^part-.*-([01])-0$/.exec(name)?.[1]).sort()).toEqual(['0', '1']);
    expect((await linesOf(out)).map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
    // And read again, by as many.
    const back = [];
    for await (const { row } of (await env.executeSql('SELECT COUNT(*), SUM(id) FROM f')).rows)
      back.push(row);
    expect(back.at(-1)).toEqual([40n, 820n]);
  });

  test('the rows of a query', async () => {
    const { env } = talking(TWO);
    await env.executeSql(GENERATED);
    const result = await env.executeSql('SELECT id, CAST(id AS STRING) AS s FROM g WHERE id <= 30');
    const ids = [];
    for await (const { kind, row } of result.rows) ids.push(`${kind} ${row.join(' ')}`);
    expect(ids.sort()).toEqual(Array.from({ length: 30 }, (_, i) => `+I ${i + 1} ${i + 1}`).sort());
    const limited = [];
    for await (const { row } of (await env.executeSql('SELECT id FROM g LIMIT 7')).rows) limited.push(row);
    expect(limited).toHaveLength(7);
  });

  test('metrics are those of all threads together', async () => {
    const { env } = talking(TWO);
    await env.executeSql(GENERATED);
    await env.executeSql("CREATE TABLE b (id BIGINT) WITH ('connector' = 'blackhole')");
    const { job } = await env.executeSql('INSERT INTO b SELECT id FROM g WHERE id > 10');
    await job!.wait();
    expect(job!.metrics().get('source.g.numRecordsIn')).toBe(40);
    expect(job!.metrics().get('sink.b.numRecordsSend')).toBe(30);
    expect(job!.metrics().get('source.g.numRecordsInPerSecond')).toBeGreaterThan(0);
    expect(job!.progress()).toEqual({ rowsIn: 40, rowsOut: 30, pending: 0, fraction: 1 });
  });
});

test('the Redis inside the process is one for all threads', { timeout: LIMIT_MS }, async () => {
  const { env, printed } = talking({ ...TWO, 'table.dml-sync': 'true' });
  const redis = (prefix: string) => ({
    connector: 'redis',
    host: 'Embedded',
    mode: 'STRING',
    'key-prefix': prefix,
  });
  await env.executeSql(GENERATED);
  await env.executeSql(
    `CREATE TABLE snk (id STRING, v STRING, PRIMARY KEY (id) NOT ENFORCED) ${withOptions(redis('threads'))}`,
  );
  await env.executeSql(
    "CREATE TABLE p (id BIGINT, v STRING) WITH ('connector' = 'print', 'sink.parallelism' = '1')",
  );
  await env.executeSql("INSERT INTO snk SELECT CAST(id AS STRING), 'v' FROM g");
  await env.executeSql(`INSERT INTO p SELECT g.id, snk.v FROM (SELECT *, PROCTIME() AS pt FROM g) AS g
    JOIN snk FOR SYSTEM_TIME AS OF g.pt ON CAST(g.id AS STRING) = snk.id`);
  expect(printed).toHaveLength(40);
});

describe('failures', { timeout: LIMIT_MS }, () => {
  test("of one thread are the job's, with class and causes", async () => {
    const topic = await topicOf('poison', 2);
    await topic.produce([...rows(10, 2), { value: '{"id":"x"', partition: 1 }]);
    const { env } = talking(TWO);
    await env.executeSql(`CREATE TABLE src (id STRING) ${topic.options({ ...WHOLE, format: 'json' })}`);
    await env.executeSql("CREATE TABLE p (id STRING) WITH ('connector' = 'print')");
    const { job } = await env.executeSql('INSERT INTO p SELECT id FROM src');
    const error: unknown = await job!.wait().then(
      () => null,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(DataError);
    expect(errorChain(error)[0]).toContain('at offset 5 of partition 1 of Kafka topic');
    expect(errorChain(error).length).toBeGreaterThan(1);
    expect(job!.status()).toBe('FAILED');
  });

  test('before it runs; no secret is in them', async () => {
    const password = 'threads-know-it-too';
    const server = await startRedis({ password: 'another one' });
    try {
      const { env, said } = talking({ ...TWO, 'restart-strategy.type': 'fixed-delay' });
      await env.executeSql(GENERATED);
      const options = withOptions({
        connector: 'redis',
        host: server.host,
        port: String(server.port),
        password,
        mode: 'STRING',
      });
      await env.executeSql(
        `CREATE TABLE snk (id STRING, PRIMARY KEY (id) NOT ENFORCED, v STRING) ${options}`,
      );
      const { job } = await env.executeSql("INSERT INTO snk SELECT CAST(id AS STRING), 'v' FROM g");
      const error: unknown = await job!.wait().then(
        () => null,
        (e: unknown) => e,
      );
      expect(errorChain(error).join('\n')).toContain('WRONGPASS');
      expect(inspect(error, { depth: 20, showHidden: true }) + said.join('\n')).not.toContain(password);
    } finally {
      await server.close();
    }
  });

  test('a checkpoint of another plan is refused', async () => {
    const topic = await topicOf('replanned', 2);
    await topic.produce(rows(10, 2));
    const run = async (query: string, resume: boolean) => {
      const env = session(
        { 'parallelism.default': '2', 'execution.checkpointing.dir': folder, 'pipeline.name': 'same' },
        resume,
      );
      await env.executeSql(
        `CREATE TABLE src (id STRING, v INT) ${topic.options({ ...WHOLE, format: 'json' })}`,
      );
      await env.executeSql("CREATE TABLE b (id STRING, c BIGINT) WITH ('connector' = 'blackhole')");
      await env.executeSql(query);
    };
    await run('INSERT INTO b SELECT id, COUNT(*) FROM src GROUP BY id', false);
    await expect(run('INSERT INTO b SELECT id, v FROM src', true)).rejects.toThrow(TableError);
  });
});

describe('the end', { timeout: LIMIT_MS }, () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s: what was read is written', async (signal) => {
    const topic = await topicOf('signalled', 2);
    const target = await database();
    await topic.produce(rows(500, 2));
    const sql = `CREATE TABLE src (id STRING, v INT) ${topic.options({ connector: 'kafka', 'scan.startup.mode': 'earliest-offset', format: 'json' })};
      CREATE TABLE snk (k STRING, c STRING, PRIMARY KEY (k) NOT ENFORCED)
        ${target.options({ mode: 'STRING', 'sink.buffer-flush.interval': '1h', 'sink.buffer-flush.max-rows': '100000' })};
      SET 'execution.checkpointing.interval' = '0';
      CREATE TABLE p (id STRING) WITH ('connector' = 'print');
      EXECUTE STATEMENT SET BEGIN
        INSERT INTO p SELECT id FROM src;
        INSERT INTO snk SELECT 'all', CAST(COUNT(*) AS STRING) FROM src;
      END;`;
    const job = new DreyProcess(['run', '-p', '2', '--metrics', '-'], { cwd: folder, stdin: sql });
    const count = () => job.stdout.split('\n').length - 1;
    await job.until(() => count() === 500, LIMIT_MS);
    expect(await target.content()).toEqual({});
    const { code, stdout, stderr } = await job.end(signal);
    expect(code, stderr).toBe(0);
    expect(await target.content()).toEqual({ all: '500' });
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .every((line) => /^[12]> \+I\[\d+\]$/.test(line)),
    ).toBe(true);
    expect(stderr).toContain('"source.src.numRecordsIn":500');
  });

  test('more threads than partitions: the others have nothing to do', async () => {
    const topic = await topicOf('narrow', 1);
    await topic.produce(rows(100, 1));
    const sql = `CREATE TABLE src (id STRING, v INT) ${topic.options({ ...WHOLE, format: 'json' })};
      CREATE TABLE p (c BIGINT) WITH ('connector' = 'print');
      INSERT INTO p SELECT COUNT(*) FROM src;`;
    const { code, stdout, stderr } = await drey(['run', '-p', '5', '-'], { cwd: folder, stdin: sql });
    expect(code, stderr).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('+U[100]');
  });

  test('cancelled while it starts and while it runs', async () => {
    const { env } = talking(TWO);
    await env.executeSql("CREATE TABLE g (id INT) WITH ('connector' = 'datagen')");
    await env.executeSql("CREATE TABLE b (id INT) WITH ('connector' = 'blackhole')");
    const { job: starting } = await env.executeSql('INSERT INTO b SELECT id FROM g');
    await starting!.cancel();
    expect(starting!.status()).toBe('CANCELED');
    const { job: running } = await env.executeSql('INSERT INTO b SELECT id FROM g');
    await until(() => running!.progress().rowsIn > 0);
    await running!.cancel();
    expect(running!.status()).toBe('CANCELED');
  });
});

test('what only this thread knows keeps a job in it', async () => {
  const said: string[] = [];
  const silent = { debug() {}, info() {}, error() {} };
  const lines: string[] = [];
  const env = TableEnvironment.create({
    config: { ...TWO, 'table.dml-sync': 'true', 'execution.checkpointing.dir': folder },
    connectors: [labsinkFactory],
    logger: { ...silent, warn: (line) => void said.push(line) },
    stdout: (text) => void lines.push(text),
  });
  await env.executeSql(GENERATED);
  await env.executeSql("CREATE TABLE l (id BIGINT) WITH ('connector' = 'labsink')");
  await env.executeSql('INSERT INTO l SELECT id FROM g WHERE id <= 3');
  expect(lines).toHaveLength(3);
  expect(said).toEqual([expect.stringContaining("'parallelism.default' has no effect")]);
});
