// HASHMAP: a row is one field of a hash, or the whole hash (flattenHash, and in dimension tables).
import { bindFlatLookup, bindFlatSink } from './hashmap-flat.ts';
import { bindSingleValueSink } from './hashmap-single.ts';
import type { RedisMode } from './mode.ts';

export const HASHMAP_MODE: RedisMode = {
  name: 'HASHMAP',
  doc: 'Columns key, field, value: HSET key field value. With flattenHash, key and one column a field: HSET key col1 value1 col2 value2 …',
  bindSink: (context, settings) =>
    settings.flattenHash ? bindFlatSink(context, settings) : bindSingleValueSink(context, settings),
  bindLookup: bindFlatLookup,
};
