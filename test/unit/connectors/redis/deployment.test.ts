// Which deployment the options name: the kinds, what does not go together, what has no effect.
import { describe, expect, test } from 'vitest';
import type { ConnectionSettings } from '../../../../src/connectors/redis/deployment.ts';
import { readLookupSettings, readSinkSettings } from '../../../../src/connectors/redis/settings.ts';
import { errorChain, ValidationError } from '../../../../src/types/errors.ts';

type Options = Record<string, string>;

function given(options: Options): Map<string, string> {
  const host = 'host' in options ? {} : { host: 'h' };
  const all = { connector: 'redis', mode: 'STRING', ...host, ...options };
  return new Map(Object.entries(all).filter(([, value]) => value !== ''));
}

function lookup(options: Options): ConnectionSettings {
  return readLookupSettings(given(options)).connection;
}

function problem(options: Options): string {
  const problems = [readLookupSettings, readSinkSettings].map((read) => {
    try {
      read(given(options));
    } catch (error) {
      expect(error).toBeInstanceOf(ValidationError);
      const { hint } = error as ValidationError;
      return [...errorChain(error), ...(hint === undefined ? [] : [`Hint: ${hint}`])].join('\n');
    }
    return 'accepted';
  });
  return problems.find((text) => text !== 'accepted') ?? 'accepted';
}

describe('kinds', () => {
  test('one server', () => {
    expect(lookup({ port: '7' })).toMatchObject({ kind: 'single', host: 'h', port: 7, tls: null });
    expect(lookup({ host: '', hostAndPorts: 'a:1' })).toMatchObject({ kind: 'single', host: 'a', port: 1 });
    expect(lookup({ host: 'Embedded' }).kind).toBe('embedded');
    expect(lookup({ host: '', 'socket.path': '/run/redis.sock' })).toMatchObject({
      kind: 'socket',
      path: '/run/redis.sock',
    });
  });

  test('a cluster: one seed, or hostAndPorts, which wins', () => {
    expect(lookup({ clusterMode: 'true', port: '7' })).toMatchObject({
      kind: 'cluster',
      seeds: [{ host: 'h', port: 7 }],
      readsFromReplicas: false,
    });
    expect(lookup({ ClusterMode: 'TRUE', hostAndPorts: 'a:1, [::1]:2' })).toMatchObject({
      seeds: [
        { host: 'a', port: 1 },
        { host: '::1', port: 2 },
      ],
    });
  });

  test('sentinels', () => {
    expect(
      lookup({
        host: '',
        'sentinel.master': 'mine',
        'sentinel.nodes': 'a:1;b:2',
        'sentinel.password': 's',
        dbNum: '3',
      }),
    ).toMatchObject({
      kind: 'sentinel',
      master: 'mine',
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
      username: undefined,
      password: 's',
      common: { database: 3 },
    });
  });

  test('replicas are for lookups', () => {
    const options = { clusterMode: 'true', 'lookup.read-from': 'replica' };
    expect(lookup(options)).toMatchObject({ readsFromReplicas: true });
    expect(readSinkSettings(given(options)).connection).toMatchObject({ readsFromReplicas: false });
  });

  test('TLS', () => {
    expect(lookup({ 'cacert.filepath': '/ca.jks' })).toMatchObject({
      tls: { caFile: '/ca.jks', caPassword: '', verify: true },
    });
    for (const options of [{ 'tls.verify': 'true' }, { 'tls.server-name': 'x' }] as Options[])
      expect(lookup(options)).toMatchObject({ tls: { verify: true } });
    expect(lookup({ 'cacert.password': 'p' })).toMatchObject({ tls: null });
  });
});

describe('what does not go together', () => {
  test.each<[Options, RegExp]>([
    [
      { clusterMode: 'true', dbNum: '1' },
      /^A Redis Cluster has database 0 only, but option 'dbNum' is 1 with 'clusterMode' = 'true'\./,
    ],
    [
      { clusterMode: 'true', 'socket.path': '/s' },
      /'clusterMode' = 'true' and 'socket.path' exclude each other/,
    ],
    [{ clusterMode: 'true', 'sentinel.master': 'm', 'sentinel.nodes': 'a:1' }, /exclude each other/],
    [{ host: 'embedded', clusterMode: 'true' }, /'host' = 'embedded' and 'clusterMode' = 'true' exclude/],
    [{ 'socket.path': '/s', 'cacert.filepath': '/c' }, /'cacert.filepath' and 'socket.path' exclude/],
    [{ host: 'embedded', 'tls.verify': 'false' }, /'tls.verify' and 'host' = 'embedded' exclude/],
    [{ 'sentinel.master': 'm' }, /Option 'sentinel.master' needs 'sentinel.nodes'/],
    [{ 'sentinel.nodes': 'a:1' }, /Option 'sentinel.nodes' needs 'sentinel.master'/],
    [
      { hostAndPorts: 'a:1,b:2' },
      /^Option 'hostAndPorts' names 2 nodes, but 'clusterMode' is false.*\nHint: .*'clusterMode' = 'true'/,
    ],
    [
      { 'lookup.read-from': 'replica' },
      /'lookup.read-from' = 'replica' needs 'clusterMode' = 'true' or 'sentinel.master'/,
    ],
    [{ 'tls.cert.filepath': '/c' }, /'tls.cert.filepath' and 'tls.key.filepath' need each other/],
    [{ 'tls.key.filepath': '/c' }, /'tls.cert.filepath' and 'tls.key.filepath' need each other/],
    [
      { 'tls.cert.filepath': '/c', 'tls.key.filepath': '/k', 'tls.keystore.filepath': '/s' },
      /'tls.keystore.filepath' and 'tls.cert.filepath' exclude/,
    ],
    [{ 'client-name': 'a b' }, /may have no spaces/],
    [{ 'socket.path': ' ' }, /must not be empty/],
    [{ 'sentinel.nodes': 'a:1,b:2', 'sentinel.master': 'm' }, /is not of the form host:port/],
    [{ host: '' }, /Missing required options are:\n\nhost$/],
  ])('%o', (options, reason) => {
    expect(problem(options)).toMatch(reason);
  });
});

describe('warnings', () => {
  test.each<[Options, string[]]>([
    [{}, []],
    [{ clusterMode: 'true', hostAndPorts: 'a:1' }, []],
    [
      { 'socket.path': '/s', port: '7' },
      ["Option 'host' has no effect with 'socket.path'.", "Option 'port' has no effect with 'socket.path'."],
    ],
    [{ 'sentinel.password': 's' }, ["Option 'sentinel.password' has no effect without 'sentinel.master'."]],
    [{ username: 'u' }, ["Option 'username' has no effect without 'password'."]],
    [{ 'cacert.password': 's' }, ["Option 'cacert.password' has no effect without 'cacert.filepath'."]],
    [
      { 'tls.keystore.password': 's' },
      ["Option 'tls.keystore.password' has no effect without 'tls.keystore.filepath'."],
    ],
  ])('%o', (options, warnings) => {
    expect(readSinkSettings(given(options)).warnings).toEqual(warnings);
  });

  test('a certificate that is not verified', () => {
    expect(readSinkSettings(given({ 'tls.verify': 'false' })).warnings).toEqual([
      expect.stringMatching(/^The server's certificate is not verified \('tls.verify' = 'false'\)/),
    ]);
  });
});
