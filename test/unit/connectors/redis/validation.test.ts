// What the factory says about options, columns and keys: where, what was given, what is accepted.
import { describe, expect, test } from 'vitest';
import { redisFactory } from '../../../../src/connectors/redis/factory.ts';
import { errorChain, ValidationError } from '../../../../src/types/errors.ts';
import { INT, type LogicalType, STRING } from '../../../../src/types/logical-type.ts';
import { factoryContext, schema, testRuntime } from '../../../support/redis-table.ts';

const BASE = { connector: 'redis', host: 'localhost' };
const KV = schema(['k', 'v'], ['k']);
const KFV = schema(['k', 'f', 'v'], ['k']);
const FLOAT: LogicalType = { root: 'FLOAT', nullable: true };

function sink(options: Record<string, string>, physical = KV) {
  return redisFactory.createSink!(factoryContext({ ...BASE, mode: 'STRING', ...options }, physical));
}

function lookup(options: Record<string, string> = {}, physical = KV) {
  const source = redisFactory.createSource!(factoryContext({ ...BASE, ...options }, physical), 'lookup');
  if (source.kind !== 'lookup') throw new Error('a scan');
  return source;
}

function problem(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(ValidationError);
    const { hint } = error as ValidationError;
    return [...errorChain(error), ...(hint === undefined ? [] : [`Hint: ${hint}`])].join('\n');
  }
  throw new Error('accepted');
}

describe('options', () => {
  test('keys and enum values in any case', () => {
    expect(
      sink({ MODE: 'sortedset', IgnoreDelete: 'TRUE' }, schema(['k', 'score', 'm'], ['k'])).explain,
    ).toEqual(['mode=[SORTEDSET]', 'delete=[ignored]', 'update=[ZADD, the old value stays]']);
    expect(lookup({ Cache: 'lru', CACHESIZE: '5' }).explain).toEqual(['cache=[LRU, 5 keys]']);
  });

  test('what is missing is named, all of it', () => {
    const given = factoryContext({ connector: 'redis' }, KV);
    expect(problem(() => redisFactory.createSink!(given))).toBe(
      'One or more required options are missing.\n\nMissing required options are:\n\nhost\nmode',
    );
    expect(problem(() => redisFactory.createSource!(given, 'lookup'))).toBe(
      'One or more required options are missing.\n\nMissing required options are:\n\nhost',
    );
  });

  test('an unknown option lists the supported ones and guesses', () => {
    const text = problem(() => sink({ ignoreDeletes: 'true' }));
    expect(text).toMatch(
      /^Unsupported options found for 'redis'.\n\nUnsupported options:\n\nignoreDeletes\n\nSupported options:\n\n/,
    );
    expect(text).toContain("Did you mean 'ignoreDelete' instead of 'ignoreDeletes'?");
  });

  test.each([
    [{ mode: 'STREAM' }, /Expected one of: \[STRING, LIST, SET, HASHMAP, SORTEDSET\]/],
    [{ port: '<yourPort>' }, /For input string: "<yourPort>"/],
    [{ port: '70000' }, /A port is a number from 1 to 65535, but this is 70000/],
    [{ dbNum: '-1' }, /The value of 'dbNum' option shouldn't be negative, but is -1/],
    [{ expiration: '-5' }, /The value of 'expiration' option shouldn't be negative/],
    [{ expiration: '10s' }, /For input string: "10s"/],
    [{ 'sink.buffer-flush.max-rows': '-1' }, /'sink.buffer-flush.max-rows' option shouldn't be negative/],
    [{ 'sink.buffer-flush.interval': 'soon' }, /text does not start with a number/],
    [{ 'connect.timeout': '3 parsecs' }, /Time interval unit label 'parsecs' does not match/],
    [{ 'socket.timeout': '0' }, /at least 1 ms/],
    [{ 'connection.pool.max-total': '0' }, /must be at least 1, but is 0/],
    [{ ignoreDelete: 'yes' }, /Unrecognized option for boolean: yes. Expected either true or false/],
    [{ host: ' ' }, /must not be empty/],
    [{ hostAndPorts: 'a:1,b' }, /'b' is not of the form host:port/],
    [{ cacheSize: '-1' }, /'cacheSize' option shouldn't be negative/],
    [{ cacheReloadTimeBlackList: '12:00 - 14:00' }, /Illegal time range blacklist, should use '->'/],
  ])('%o', (options, reason) => {
    const text = problem(() => sink(options));
    expect(text).toMatch(/^Invalid value for option '/);
    expect(text).toMatch(reason);
  });

  test('LRU keeps at least one key', () => {
    expect(problem(() => lookup({ cache: 'LRU', cacheSize: '0' }))).toContain(
      "must be at least 1 with 'cache' = 'LRU'",
    );
    expect(lookup({ cache: 'LRU' }).explain).toEqual(['cache=[LRU, 10000 keys]']);
  });

  test('a cache of the whole table is said by EXPLAIN; async has no effect with it', () => {
    expect(lookup({ cache: 'ALL' }).explain).toEqual(['cache=[ALL, loaded once]']);
    const source = lookup({
      cache: 'ALL',
      cacheTTLMs: '60000',
      'cache.invalidation': 'tracking',
      async: 'true',
    });
    expect(source.explain).toEqual(['cache=[ALL, reload 60000 ms, invalidated by Redis]']);
    expect(source.async).toBe(false);
    expect(source.warnings).toEqual([
      "Option 'async' has no effect with 'cache' = 'ALL': every row is answered from memory.",
    ]);
  });

  test('reports of changed keys do not go with reading from replicas', () => {
    const options = { clusterMode: 'true', 'lookup.read-from': 'replica', cache: 'LRU' };
    expect(problem(() => lookup({ ...options, 'cache.invalidation': 'tracking' }))).toContain(
      'do not go together',
    );
    expect(lookup(options).warnings).toEqual([]);
  });

  test('options without effect are accepted with a warning', () => {
    expect(lookup({ cacheSize: '7', cacheTTLMs: '5' }).warnings).toEqual([
      "Option 'cacheSize' has no effect with 'cache' = 'None'.",
      "Option 'cacheTTLMs' has no effect with 'cache' = 'None'.",
    ]);
    expect(lookup({ hashName: 'h', 'key-prefix': 'p' }).warnings).toEqual([
      expect.stringMatching(/^'key-prefix' .* field of the hash/),
    ]);
    expect(sink({ 'key-prefix-delimiter': ':', flattenHash: 'true' }).warnings).toEqual([
      "Option 'key-prefix-delimiter' has no effect without 'key-prefix'.",
      "Option 'flattenHash' has no effect with 'mode' = 'STRING'.",
    ]);
    expect(sink({ cacheSize: '7', async: 'true' }).warnings).toEqual([]);
  });

  test('a password is in no message', () => {
    expect(problem(() => sink({ password: 'geheim', dbNum: 'x', mode: 'nope' }))).not.toContain('geheim');
  });
});

describe('columns and primary key', () => {
  test.each([
    [
      'STRING',
      schema(['k', 'v', 'w'], ['k']),
      /declares 3 columns \(k, v, w\), but mode 'STRING' takes exactly 2: key STRING, value STRING\./,
    ],
    ['LIST', schema(['k'], ['k']), /declares 1 column \(k\), but mode 'LIST' takes exactly 2/],
    [
      'HASHMAP',
      KV,
      /declares 2 columns \(k, v\), but mode 'HASHMAP' without flattenHash takes exactly 3: key STRING, field STRING, value STRING/,
    ],
    [
      'SORTEDSET',
      KFV,
      /Column 'f' of table 'default_catalog.default_database.t' is STRING, but the score of mode 'SORTEDSET' must be DOUBLE\.\nHint: .*CAST\(… AS DOUBLE\)/,
    ],
    ['SORTEDSET', schema(['k', ['score', FLOAT], 'm'], ['k']), /is FLOAT, but the score .* must be DOUBLE/],
    [
      'STRING',
      schema(['k', ['v', INT]], ['k']),
      /Column 'v' .* is INT, but the value of mode 'STRING' must be STRING \(CHAR and VARCHAR too\)\.\nHint: .*CAST\(… AS STRING\)/,
    ],
    ['STRING', schema([['k', { ...INT, nullable: false }], 'v'], ['k']), /Column 'k' .* is INT, but the key/],
    [
      'STRING',
      schema(['k', 'v'], []),
      /has no primary key\. .*\nHint: Declare it: PRIMARY KEY \(`k`\) NOT ENFORCED/,
    ],
    [
      'STRING',
      schema(['k', 'v'], ['k', 'v']),
      /declares PRIMARY KEY \(`k`, `v`\), but mode 'STRING' takes exactly one primary key column\./,
    ],
    [
      'HASHMAP',
      schema(['k', 'f', 'v'], ['k', 'f', 'v']),
      /takes exactly one primary key column, or two for a sink: key and field\./,
    ],
  ])('%s', (mode, physical, reason) => {
    expect(problem(() => sink({ mode }, physical))).toMatch(reason);
  });

  test('CHAR and VARCHAR are text', () => {
    const physical = schema(
      [
        ['k', { root: 'CHAR', length: 4, nullable: false }],
        ['v', { ...STRING, length: 9 }],
      ],
      ['k'],
    );
    expect(sink({}, physical).kind).toBe('sink');
  });

  test('flattenHash takes the key and at least one field, and one primary key column', () => {
    const options = { mode: 'HASHMAP', flattenHash: 'true' };
    expect(problem(() => sink(options, schema(['k'], ['k'])))).toMatch(
      /takes the key and at least one hash field/,
    );
    expect(problem(() => sink(options, schema(['k', 'f'], ['k', 'f'])))).toMatch(
      /exactly one primary key column\./,
    );
    expect(sink(options, schema(['a', 'b', 'k'], ['k'])).explain).toEqual([
      'mode=[HASHMAP]',
      'delete=[DEL key]',
    ]);
  });

  test('the primary key says what a deletion removes', () => {
    const explain = (mode: string, columns: string[], key: string[], more = {}) =>
      sink({ mode, ...more }, schema(columns, key)).explain.slice(1);
    expect(explain('HASHMAP', ['k', 'f', 'v'], ['k'])[0]).toBe('delete=[DEL key]');
    expect(explain('HASHMAP', ['k', 'f', 'v'], ['k', 'f'])).toEqual(['delete=[HDEL key field]']);
    expect(explain('SET', ['k', 'v'], ['k', 'v'])).toEqual(['delete=[SREM key value]']);
    expect(explain('SORTEDSET', ['k', 'score', 'm'], ['k', 'm'])).toEqual(['delete=[ZREM key value]']);
    expect(explain('LIST', ['k', 'v'], ['k', 'v'])).toEqual(['delete=[LREM key 1 value]']);
    expect(explain('LIST', ['k', 'v'], ['k', 'v'], { 'sink.delete.scope': 'key' })[0]).toBe(
      'delete=[DEL key]',
    );
    expect(explain('SET', ['k', 'v'], ['k'], { 'sink.delete.scope': 'element' })).toEqual([
      'delete=[SREM key value]',
    ]);
    expect(problem(() => sink({ 'sink.delete.scope': 'element' }))).toMatch(
      /a row of mode 'STRING' is the whole key/,
    );
  });

  test('dimension tables: STRING and HASHMAP, one primary key column', () => {
    expect(problem(() => lookup({ mode: 'SET' }))).toMatch(
      /'mode' = 'SET', but a dimension table reads STRING or HASHMAP only/,
    );
    expect(problem(() => lookup({}, KFV))).toMatch(/a dimension table of mode 'STRING' takes exactly 2/);
    expect(problem(() => lookup({ mode: 'HASHMAP' }, schema(['k', 'v'], ['k', 'v'])))).toMatch(
      /exactly one primary key column\./,
    );
    expect(problem(() => lookup({ hashName: 'h' }, KFV))).toMatch(
      /with 'hashName' takes exactly 2: field STRING, value STRING/,
    );
    expect(lookup({ hashName: 'h' }).explain).toEqual(['hashName=[h]', 'cache=[None]']);
  });

  test('a join offers an equality on the primary key; others are not ours', () => {
    const source = lookup({ mode: 'HASHMAP' }, schema(['a', 'k', 'b'], ['k']));
    expect(source.resolveKeys([0, 1])).toEqual([1]);
    expect(problem(() => source.resolveKeys([0, 2]))).toBe(
      "Temporal table join requires an equality condition on the primary key 'k' of table [default_catalog.default_database.t]: Redis finds a row by its key only, and the join has equalities on 'a', 'b'.",
    );
  });

  test('plain FROM is refused', () => {
    const scan = () => redisFactory.createSource!(factoryContext(BASE, KV), 'scan');
    expect(problem(scan)).toMatch(
      /can only be used as a lookup table or a sink\.\nHint: Join it: … JOIN t FOR SYSTEM_TIME AS OF/,
    );
  });

  test('nothing is connected at plan time', () => {
    expect(
      sink({ host: 'no.such.host.invalid' }).createWriter(
        { targetColumns: null, metadata: [] },
        testRuntime(),
      ),
    ).toBeDefined();
  });
});
