// Nothing that the connector page or the extensions name is refused in a mode where it means something.
import { expect, test } from 'vitest';
import { redisFactory } from '../../src/connectors/redis/factory.ts';
import { REDIS_OPTIONS } from '../../src/connectors/redis/options.ts';
import type { ConfigOption } from '../../src/options/config-option.ts';
import { errorChain } from '../../src/types/errors.ts';
import { BIGINT } from '../../src/types/logical-type.ts';
import { factoryContext, schema } from '../support/redis-table.ts';

/** One value of each, with what it needs beside it. */
const SAMPLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  connector: { connector: 'redis' },
  host: { host: 'h' },
  port: { port: '7000' },
  password: { password: 'p' },
  dbNum: { dbNum: '5' },
  clusterMode: { clusterMode: 'true' },
  hostAndPorts: { hostAndPorts: 'a:1,b:2', clusterMode: 'true' },
  'key-prefix': { 'key-prefix': 'p' },
  'key-prefix-delimiter': { 'key-prefix': 'p', 'key-prefix-delimiter': ':' },
  'connection.pool.max-total': { 'connection.pool.max-total': '2' },
  'connection.pool.max-idle': { 'connection.pool.max-idle': '2' },
  'connection.pool.min-idle': { 'connection.pool.min-idle': '2' },
  'connect.timeout': { 'connect.timeout': '1s' },
  'socket.timeout': { 'socket.timeout': '1s' },
  'cacert.filepath': { 'cacert.filepath': '/ca.jks' },
  mode: {},
  flattenHash: { flattenHash: 'false' },
  ignoreDelete: { ignoreDelete: 'true' },
  expiration: { expiration: '1000' },
  'sink.buffer-flush.max-rows': { 'sink.buffer-flush.max-rows': '0' },
  'sink.buffer-flush.interval': { 'sink.buffer-flush.interval': '0' },
  hashName: {},
  cache: { cache: 'LRU' },
  cacheSize: { cache: 'LRU', cacheSize: '5' },
  cacheTTLMs: { cache: 'ALL', cacheTTLMs: '5' },
  cacheEmpty: { cache: 'LRU', cacheEmpty: 'false' },
  cacheReloadTimeBlackList: { cache: 'ALL', cacheTTLMs: '5', cacheReloadTimeBlackList: '22:00 -> 2:00' },
  async: { async: 'true' },
  username: { username: 'u', password: 'p' },
  'cacert.password': { 'cacert.filepath': '/ca.jks', 'cacert.password': 'p' },
  'tls.keystore.filepath': { 'tls.keystore.filepath': '/k.p12' },
  'tls.keystore.password': { 'tls.keystore.filepath': '/k.p12', 'tls.keystore.password': 'p' },
  'tls.cert.filepath': { 'tls.cert.filepath': '/c.pem', 'tls.key.filepath': '/k.pem' },
  'tls.key.filepath': { 'tls.cert.filepath': '/c.pem', 'tls.key.filepath': '/k.pem' },
  'tls.server-name': { 'tls.server-name': 'n' },
  'tls.verify': { 'tls.verify': 'false' },
  'sentinel.master': { 'sentinel.master': 'm', 'sentinel.nodes': 'a:1;b:2' },
  'sentinel.nodes': { 'sentinel.master': 'm', 'sentinel.nodes': 'a:1;b:2' },
  'sentinel.username': {
    'sentinel.master': 'm',
    'sentinel.nodes': 'a:1',
    'sentinel.username': 'u',
    'sentinel.password': 'p',
  },
  'sentinel.password': { 'sentinel.master': 'm', 'sentinel.nodes': 'a:1', 'sentinel.password': 'p' },
  'socket.path': { 'socket.path': '/r.sock' },
  'client-name': { 'client-name': 'n' },
  'lookup.read-from': { 'lookup.read-from': 'replica', clusterMode: 'true' },
  'key-template': { 'key-template': 'x:{k}' },
  'value.format': { 'value.format': 'json' },
  'sink.null-value': { 'sink.null-value': 'skip' },
  'expiration.policy': { expiration: '5', 'expiration.policy': 'first-write' },
  'expiration.column': { 'expiration.column': 'life' },
  'sink.delete.scope': { 'sink.delete.scope': 'element' },
  'sink.list.direction': { 'sink.list.direction': 'right' },
  'sink.list.max-length': { 'sink.list.max-length': '5' },
  'sink.parallel-connections': { 'sink.parallel-connections': '2' },
  'sink.durability.replicas': { 'sink.durability.replicas': '1' },
  'sink.durability.timeout': { 'sink.durability.replicas': '1', 'sink.durability.timeout': '5' },
  'cache.invalidation': { cache: 'ALL', 'cache.invalidation': 'tracking' },
};
const SINKS: Readonly<Record<string, { readonly options: object; readonly columns: readonly string[] }>> = {
  STRING: { options: { mode: 'STRING' }, columns: ['k', 'v'] },
  LIST: { options: { mode: 'LIST' }, columns: ['k', 'v'] },
  SET: { options: { mode: 'SET' }, columns: ['k', 'v'] },
  HASHMAP: { options: { mode: 'HASHMAP' }, columns: ['k', 'f', 'v'] },
  flattenHash: { options: { mode: 'HASHMAP', flattenHash: 'true' }, columns: ['k', 'a', 'b'] },
  SORTEDSET: { options: { mode: 'SORTEDSET' }, columns: ['k', 'score', 'v'] },
};
const LOOKUPS: typeof SINKS = {
  STRING: { options: {}, columns: ['k', 'v'] },
  HASHMAP: { options: { mode: 'HASHMAP' }, columns: ['k', 'a', 'b'] },
  hashName: { options: { hashName: 'h' }, columns: ['k', 'v'] },
};
/** Where an option can mean nothing, and is refused for that. */
const REFUSED: Readonly<Record<string, string>> = {
  'sink STRING sink.delete.scope': 'a row is the whole key',
  'sink flattenHash sink.delete.scope': 'a row is the whole key',
  'sink flattenHash value.format': 'each column is a value of its own',
  'lookup HASHMAP value.format': 'each column is a value of its own',
  'lookup hashName key-template': 'all rows are fields of one key',
};

const isOfRole = (option: ConfigOption<unknown>, role: 'sink' | 'lookup') =>
  option.roles.length === 0 || option.roles.includes(role);

function refusal(role: 'sink' | 'lookup', table: (typeof SINKS)[string], key: string): string | null {
  const life = key === 'expiration.column' ? [['life', BIGINT] as const] : [];
  const given = { connector: 'redis', host: 'h', ...table.options, ...SAMPLES[key] };
  const host = 'sentinel.master' in given || 'socket.path' in given ? { host: undefined } : {};
  const options = Object.fromEntries(
    Object.entries({ ...given, ...host }).filter(([, v]) => v !== undefined),
  );
  const context = factoryContext(
    options as Record<string, string>,
    schema([...table.columns, ...life], ['k']),
  );
  try {
    if (role === 'sink') redisFactory.createSink!(context);
    else redisFactory.createSource!(context, 'lookup');
    return null;
  } catch (error) {
    return errorChain(error).join(' ');
  }
}

test.each([
  ['sink', SINKS],
  ['lookup', LOOKUPS],
] as const)('every option is taken by every mode where it means something: %s', (role, tables) => {
  const refused = new Map<string, string>();
  for (const option of REDIS_OPTIONS.filter((o) => isOfRole(o, role))) {
    for (const [name, table] of Object.entries(tables)) {
      if (role === 'lookup' && option.key === 'hashName' && name !== 'hashName') continue;
      if (role === 'lookup' && option.key === 'mode' && name === 'hashName') continue;
      const reason = refusal(role, table, option.key);
      if (reason !== null) refused.set(`${role} ${name} ${option.key}`, reason);
    }
  }
  expect([...refused.keys()].toSorted()).toEqual(
    Object.keys(REFUSED)
      .filter((k) => k.startsWith(role))
      .toSorted(),
  );
  for (const reason of refused.values()) expect(reason).not.toMatch(/not (yet )?supported|not implemented/i);
});
