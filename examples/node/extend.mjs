// A function and a connector of one's own. A connector is a factory; this one writes its rows into an array.
import { ChangelogMode, kindAt, STRING, TableEnvironment } from 'drey';

const collected = [];

/** @type {import('drey').DynamicTableFactory} */
const arrayConnector = {
  identifier: 'array',
  options: { required: [], optional: [] },
  createSink: () => ({
    kind: 'sink',
    changelogMode: () => ChangelogMode.all,
    writableMetadata: new Map(),
    explain: [],
    warnings: [],
    createWriter: () => ({
      async open() {},
      write(batch) {
        for (const [i, row] of batch.rows.entries()) collected.push([kindAt(batch, i), ...row]);
      },
      async flush() {},
      async close() {},
    }),
  }),
};

/** @type {import('drey').ScalarFunction} */
const shout = {
  name: 'SHOUT',
  doc: 'The text in upper case, with an exclamation mark.',
  bind: (operands) => ({ operands, type: STRING }),
  compile: ([text]) => (row) => {
    const value = text(row);
    return value === null ? null : `${value.toUpperCase()}!`;
  },
};

const env = TableEnvironment.create({
  connectors: [arrayConnector],
  functions: [shout],
  config: { 'table.dml-sync': 'true' },
});
await env.executeSql(`CREATE TABLE collected (w STRING, n BIGINT) WITH ('connector' = 'array')`);
await env.executeSql(`
  INSERT INTO collected
  SELECT SHOUT(w), COUNT(*) FROM (VALUES ('a'), ('b'), ('a')) AS t (w) GROUP BY w`);
for (const change of collected) console.log(change.join(' '));
