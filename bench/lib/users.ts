// The table of bench/cache-all.ts: a hash a user, whose content follows from its number.
/** @param options more than those that say where it is */
export function redisTable(port: number, options: string, name = 'users', prefix = 'user:'): string {
  return `CREATE TABLE ${name} (id STRING, name STRING, email STRING, generation STRING, PRIMARY KEY (id) NOT ENFORCED)
    WITH ('connector' = 'redis', 'host' = '127.0.0.1', 'port' = '${port}', 'mode' = 'HASHMAP', 'key-prefix' = '${prefix}', ${options})`;
}

/** All columns of `users`, from column `i` of `src`. */
export function written(generation: number): string {
  const id = 'CAST(i AS STRING)';
  return `SELECT ${id}, CONCAT('name of the user ', ${id}), CONCAT('user-', ${id}, '@example.com'), '${generation}' FROM src`;
}

/** Bytes of ids and values, without the names of the fields. */
export function dataBytes(rows: number): number {
  let bytes = rows * ('name of the user '.length + 'user-@example.com'.length + '0'.length);
  for (let i = 0; i < rows; i++) bytes += 3 * String(i).length;
  return bytes;
}
