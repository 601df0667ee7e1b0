// node bench/cluster-faults.ts [--rows 1000000] [--only list,set] [--scenarios ordered,killed,durable] [--checkpoints 500ms]: a job
// writes so many rows of each mode into a cluster while ten slots move and one master is replaced, and what is left is compared with the model.
//   ordered   CLUSTER FAILOVER: nothing is lost, nothing is there twice, the job does not restart
//   killed    SIGKILL: what was on its way may be there twice; a row that Redis acknowledged and had not copied is lost by Redis
//   durable   SIGKILL with `sink.durability.replicas` = 1: the job starts again from its checkpoint, and nothing is lost
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type ClusterHandle, redisCommands, startCluster } from '../scripts/services/index.mjs';
import { mastersOf, slotRanges, until } from '../scripts/services/redis-operations.ts';
import { slotOfKey } from '../src/connectors/redis/client/cluster/slots.ts';
import { type JobHandle, TableEnvironment } from '../src/index.ts';
import { failOver, moveOn } from './lib/cluster.ts';
import { compare, KEYS, MODES, type Mode, TAGS } from './lib/cluster-modes.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    rate: { type: 'string', default: '40000' },
    only: { type: 'string' },
    scenarios: { type: 'string', default: 'ordered,killed,durable' },
    checkpoints: { type: 'string', default: '500ms' },
    verbose: { type: 'boolean', default: false },
  },
});
const rows = Number(values.rows);
const wanted = (list: string | undefined, name: string) =>
  list === undefined || list.split(',').includes(name);
const SCENARIOS = ['ordered', 'killed', 'durable'] as const;
type Scenario = (typeof SCENARIOS)[number];

const MOVED = 10;
/** Batches on their way at a time, times their rows: what a break may leave twice. */
const IN_FLIGHT_ROWS = 4 * 200;

function jobOf(mode: Mode, scenario: Scenario, cluster: ClusterHandle): string[] {
  const durable = scenario === 'durable' ? `, 'sink.durability.replicas' = '1'` : '';
  return [
    `CREATE TABLE src (i BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '${values.rate}',
      'fields.i.kind' = 'sequence', 'fields.i.start' = '0', 'fields.i.end' = '${rows - 1}')`,
    `CREATE TABLE snk (k STRING, ${mode.columns}, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'redis',
      'clusterMode' = 'true', 'hostAndPorts' = '${cluster.ports.map((p) => `127.0.0.1:${p}`).join(',')}',
      ${mode.options}${durable})`,
    `INSERT INTO snk SELECT CONCAT('{t', CAST(MOD(i, ${TAGS}) AS STRING), '}:', CAST(MOD(i, ${KEYS}) AS STRING)),
      ${mode.select} FROM src`,
  ];
}

async function faults(job: JobHandle, cluster: ClusterHandle, scenario: Scenario): Promise<void> {
  const slots = Array.from({ length: MOVED }, (_, i) => slotOfKey(`{t${i}}`));
  await until('rows are written', async () => job.progress().rowsOut > rows / 20, 60_000);
  for (const slot of slots.slice(0, MOVED / 2)) await moveOn(cluster, slot);
  await failOver(cluster, slotOfKey('{t50}'), scenario === 'ordered' ? 'ordered' : 'killed');
  for (const slot of slots.slice(MOVED / 2)) await moveOn(cluster, slot);
  if (job.status() === 'FINISHED')
    throw new Error(`All rows were written before the last fault: --rows or a lower --rate.`);
}

async function play(mode: Mode, scenario: Scenario, cluster: ClusterHandle): Promise<string[]> {
  for (const node of await mastersOf(cluster)) await node.command(['FLUSHALL']);
  const folder = await mkdtemp(path.join(tmpdir(), 'drey-cluster-'));
  const said: string[] = [];
  const note = (line: string) => {
    said.push(line);
    if (values.verbose) console.error(line);
  };
  try {
    const env = TableEnvironment.create({
      config: {
        'execution.checkpointing.interval': values.checkpoints,
        'execution.checkpointing.dir': folder,
        'restart-strategy.type': 'fixed-delay',
        'restart-strategy.fixed-delay.attempts': '30',
        'restart-strategy.fixed-delay.delay': '500ms',
      },
      logger: { debug() {}, info: note, warn: note, error: note },
    });
    const [source, sink, insert] = jobOf(mode, scenario, cluster);
    await env.executeSql(source!);
    await env.executeSql(sink!);
    const start = performance.now();
    const job = (await env.executeSql(insert!)).job!;
    await faults(job, cluster, scenario);
    await job.wait();
    const seconds = (performance.now() - start) / 1000;
    const metric = (name: string) =>
      [...job.metrics()].reduce((sum, [key, value]) => sum + (key.endsWith(`.${name}`) ? value : 0), 0);
    const read = (commands: (readonly string[])[]) => readAll(cluster, commands);
    const { lost, twice, wrong } = await compare(mode, rows, read);
    const restarts = said.filter((line) => /starts again/.test(line)).length;
    const figures = `${mode.name} ${scenario}: ${seconds.toFixed(1)} s, redirects ${metric('numRedirects')}, sent again ${metric('numRetries')}, reconnects ${metric('numReconnects')}, restarts ${restarts}`;
    console.log(`${figures}; elements lost ${lost}, there twice ${twice}, keys wrong ${wrong.length}`);
    const problems: string[] = [...wrong.slice(0, 5)];
    if (scenario === 'ordered' && twice > 0) problems.push(`${twice} elements are there twice`);
    if (scenario === 'ordered' && restarts > 0) problems.push(`${restarts} restarts`);
    if (scenario === 'killed' && twice > IN_FLIGHT_ROWS)
      problems.push(`${twice} elements are there twice, ${IN_FLIGHT_ROWS} were on their way`);
    if (scenario !== 'killed' && lost > 0) problems.push(`${lost} elements are lost`);
    return problems.map((problem) => `${mode.name} ${scenario}: ${problem}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Commands of one key each, answered by the masters that own them. */
async function readAll(cluster: ClusterHandle, commands: (readonly string[])[]): Promise<unknown[]> {
  const replies: unknown[] = new Array(commands.length);
  const ranges = await slotRanges(cluster.nodes[0]!);
  const byPort = Map.groupBy(commands.keys(), (i) => {
    const slot = slotOfKey(commands[i]![1]!);
    return ranges.find(([from, to]) => from <= slot && slot <= to)![2][1];
  });
  for (const [port, indexes] of byPort) {
    for (let at = 0; at < indexes.length; at += 50) {
      const part = indexes.slice(at, at + 50);
      const found = await redisCommands(
        port,
        part.map((i) => commands[i]!),
      );
      part.forEach((i, n) => {
        replies[i] = found[n];
      });
    }
  }
  return replies;
}

async function main(): Promise<number> {
  const problems: string[] = [];
  for (const scenario of SCENARIOS) {
    if (!wanted(values.scenarios, scenario)) continue;
    const cluster = await startCluster(3, {
      replicas: 1,
      args: ['--cluster-node-timeout', '1000', '--repl-diskless-sync-delay', '0'],
    });
    try {
      for (const mode of MODES) {
        if (wanted(values.only, mode.name.toLowerCase()))
          problems.push(...(await play(mode, scenario, cluster)));
      }
    } finally {
      // A server that has just copied another's data refuses to stop in order.
      await Promise.all(cluster.nodes.map((node) => node.kill()));
      await cluster.close();
    }
  }
  for (const problem of problems) console.error(problem);
  return problems.length === 0 ? 0 : 1;
}

process.exitCode = await main();
