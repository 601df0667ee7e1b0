// A job in a Node program: writes to a Redis, then takes the rows of a lookup join one by one.
// The embedded Redis serves this process only: nothing has to be started.
import { TableEnvironment } from 'drey';

const env = TableEnvironment.create({ config: { 'table.dml-sync': 'true' } });

await env.executeSql(`
  CREATE TABLE customers (id STRING, name STRING, PRIMARY KEY (id) NOT ENFORCED)
  WITH ('connector' = 'redis', 'host' = 'embedded', 'mode' = 'STRING', 'key-prefix' = 'customer', 'key-prefix-delimiter' = ':')`);
await env.executeSql(`INSERT INTO customers VALUES ('c1', 'Ada'), ('c2', 'Grace')`);

const result = await env.executeSql(`
  SELECT o.id, c.name, o.amount
  FROM (SELECT *, PROCTIME() AS pt FROM (VALUES (1, 'c1', 9.50), (2, 'c3', 1.00), (3, 'c2', 4.25)) AS v (id, customer, amount)) AS o
  LEFT JOIN customers FOR SYSTEM_TIME AS OF o.pt AS c ON o.customer = c.id`);

for await (const { kind, row } of result.rows) {
  const [id, name, amount] = row;
  console.log(kind, id, name ?? 'nobody', String(amount));
}
