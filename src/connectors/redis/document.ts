// The reference page of the Redis connector's options (docs/options/redis.md), from the declarations and the modes.
import { documentOptions } from '../../options/document.ts';
import { REDIS_MODES } from './modes/index.ts';
import { CONNECTOR, HOST, REDIS_OPTIONS } from './options.ts';

/** Markdown. */
export function documentRedis(): string {
  const modes = REDIS_MODES.map(
    (m) => `| \`${m.name}\` | ${m.doc} | ${m.bindLookup === undefined ? 'sink' : 'sink, dimension table'} |`,
  );
  return `<!-- Made from src/connectors/redis/options.ts by \`npx vitest run test/unit/connectors/redis/document.test.ts -u\`: edit it there. -->
# Options of the Redis connector

[redis.md](../redis.md) explains what they are for.

Keys and values of a list are matched without regard to case. All columns are STRING (CHAR and VARCHAR too), except the score of
SORTEDSET, which is DOUBLE, and those of \`value.format\` and \`key-template\`. Durations are written as in Flink: \`3000ms\`, \`3 s\`, \`1 min\`; a bare number is milliseconds.

## Modes

| Mode | Columns and command | Use |
|---|---|---|
${modes.join('\n')}

The primary key is one column (or those of \`key-template\`), and is the Redis key; it need not be the first column, the others keep their order. With
\`hashName\` a dimension table is one hash: the primary key is the field. For sinks of LIST, SET, HASHMAP (without flattenHash) and SORTEDSET the
primary key may be two columns, the key and the value or field.

## What a deletion removes

| Mode | PRIMARY KEY (key) | PRIMARY KEY (key, value or field) |
|---|---|---|
| STRING, HASHMAP with flattenHash | DEL key | |
| HASHMAP | DEL key | HDEL key field |
| SET | DEL key | SREM key value |
| SORTEDSET | DEL key | ZREM key value |
| LIST | DEL key | LREM key 1 value (-1 with \`sink.list.direction\` = \`right\`) |

With PRIMARY KEY (key), an update of a row of LIST, SET, SORTEDSET or HASHMAP that changes the value or field adds the new one
and leaves the old one; with both columns in the primary key the old one is removed. \`ignoreDelete\` = \`true\` drops deletions, and
the removal of the old key when an update changes the key. Writing is at least once: after a crash, rows since the last checkpoint are
written again, so that a LIST may hold elements twice.

With flattenHash a NULL removes the field, so that the hash equals the row; columns that the INSERT's column list leaves out are not touched.
In all other modes a NULL fails the job (see \`sink.null-value\`). The empty string is a value.

In a dimension table of mode STRING, keys are read together by MGET, for which a key of another structure is a missing key.

${documentOptions(REDIS_OPTIONS, [CONNECTOR, HOST])}`;
}
