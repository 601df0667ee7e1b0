// Every sink mode with every kind of row, both forms of primary key, and the options that change what is written.
import { canal, compacted, debezium, ITEMS, json } from '../changes.ts';
import type { ParityJob } from '../parity-job.ts';
import {
  BY_ELEMENT,
  BY_KEY,
  HASHMAP,
  HASHMAP_ELEMENTS,
  insertInto,
  SET_ELEMENTS,
  SORTEDSET_ELEMENTS,
  STRING,
  STRUCTURES,
  type Structure,
  sinkTable,
  sourceTable,
} from '../structures.ts';

type Options = Readonly<Record<string, string>>;

function appended(to: Structure, options: Options = {}): ParityJob {
  return {
    name: `${to.name}: rows that are only added${labelOf(options)}`,
    topics: { items: json(ITEMS) },
    tables: [sourceTable('json'), sinkTable(to, options)],
    run: [insertInto(to)],
  };
}

function changed(to: Structure, options: Options = {}, config: Options = {}): ParityJob {
  return {
    name: `${to.name}: inserts, updates, deletions${labelOf({ ...options, ...config })}`,
    config,
    topics: { items: debezium() },
    tables: [sourceTable('debezium-json'), sinkTable(to, options)],
    run: [insertInto(to)],
  };
}

function labelOf(options: Options): string {
  const words = Object.entries(options).map(([key, value]) => `${key} = ${value}`);
  return words.length === 0 ? '' : `, ${words.join(', ')}`;
}

const NO_MATERIALIZER = { 'table.exec.sink.upsert-materialize': 'NONE' };
const EXPIRING = { expiration: '7200000', 'key-prefix': 'p', 'key-prefix-delimiter': ':' };

const fromCanal = (to: Structure): ParityJob => ({
  name: `${to.name}: canal-json`,
  topics: { items: canal() },
  tables: [sourceTable('canal-json'), sinkTable(to)],
  run: [insertInto(to)],
});

const fromCompacted = (to: Structure): ParityJob => ({
  name: `${to.name}: upsert-kafka`,
  topics: { items: compacted() },
  tables: [
    "CREATE TABLE source (id STRING, k STRING, f STRING, s DOUBLE, v STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', {{topic items}}, 'key.format' = 'json', 'value.format' = 'json', 'scan.bounded.mode' = 'latest-offset')",
    sinkTable(to),
  ],
  run: [insertInto(to)],
});

const CDC_TARGETS = [STRING, HASHMAP, ...BY_ELEMENT];

export const SINK_JOBS: readonly ParityJob[] = [
  ...STRUCTURES.map((to) => appended(to)),
  ...STRUCTURES.map((to) => changed(to)),
  ...STRUCTURES.map((to) => changed(to, { ignoreDelete: 'true' })),
  ...BY_KEY.map((to) => appended(to, EXPIRING)),
  ...[STRING, HASHMAP, HASHMAP_ELEMENTS, SET_ELEMENTS].map((to) => changed(to, {}, NO_MATERIALIZER)),
  appended(STRING, { 'sink.buffer-flush.max-rows': '0' }),
  changed(SET_ELEMENTS, { 'sink.buffer-flush.max-rows': '1', 'sink.buffer-flush.interval': '0' }),
  ...CDC_TARGETS.map(fromCanal),
  ...[STRING, SORTEDSET_ELEMENTS].map(fromCompacted),
];
