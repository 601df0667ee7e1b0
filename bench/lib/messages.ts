// The messages that are measured, and what the jobs must make of them. Keys come in an order that is not the order of
// their numbers, each equally often.

/** Keys as redis-benchmark makes them of `user-__rand_int__`: its commands and ours are of the same size. */
export function userKey(id: number): string {
  return `user-${String(id).padStart(12, '0')}`;
}

export function nameOf(id: number): string {
  return `name of the user ${id}`;
}

/** A prime that divides no number of keys that is used here. */
const STRIDE = 7919;

/** About 90 bytes of JSON, three fields. */
export function* users(count: number, keys: number): Iterable<string> {
  for (let i = 0; i < count; i++) {
    const id = (i * STRIDE) % keys;
    yield `{"id":"${userKey(id)}","name":"${nameOf(id)}","score":"${id % 1000}"}`;
  }
}

/** debezium-json, four messages for two keys: one inserted and updated, one inserted and deleted. */
export function* changes(count: number): Iterable<string> {
  const row = (id: number, name: string) => `{"id":"${userKey(id)}","name":"${name}","score":"${id % 1000}"}`;
  for (let i = 0; i < count; i++) {
    const kept = (i >> 2) * 2;
    const gone = kept + 1;
    const at = `"ts_ms":${1_700_000_000_000 + i}`;
    if (i % 4 === 0) yield `{"before":null,"after":${row(kept, nameOf(kept))},"op":"c",${at}}`;
    else if (i % 4 === 1) yield `{"before":null,"after":${row(gone, nameOf(gone))},"op":"c",${at}}`;
    else if (i % 4 === 2)
      yield `{"before":${row(kept, nameOf(kept))},"after":${row(kept, `new ${nameOf(kept)}`)},"op":"u",${at}}`;
    else yield `{"before":${row(gone, nameOf(gone))},"after":null,"op":"d",${at}}`;
  }
}
