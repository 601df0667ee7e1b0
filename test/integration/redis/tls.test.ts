// TLS to a real server: the files that users have, certificates that are good and bad, and servers that ask for one.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../scripts/services/index.mjs';
import { makeCertificates, redisCommand, startRedis, startRedisTls } from '../../support/services.ts';
import { ask, closePorts, connected, type Options, refusal } from './support.ts';

type Server = Awaited<ReturnType<typeof startRedisTls>>;

const folder = mkdtempSync(join(tmpdir(), 'drey-tls-'));
const at = (file: string) => join(folder, file);
let server: Server;
/** Asks for a client's certificate. */
let mutual: Server;
/** An authority that signed nothing of these servers. */
let strangers: ReturnType<typeof makeCertificates>;

beforeAll(async () => {
  [server, mutual] = await Promise.all([
    startRedisTls({ password: 'pw' }),
    startRedisTls({ clientCertificates: true }),
  ]);
  strangers = makeCertificates(at('strangers'));
});
afterEach(closePorts);
afterAll(async () => {
  await Promise.all([server?.close(), mutual?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

function to(target: Server, options: Options): Options {
  return {
    host: target.host,
    port: String(target.port),
    ...(target.password === undefined ? {} : { password: target.password }),
    ...options,
  };
}

function openssl(...words: string[]): void {
  execFileSync('openssl', words, { stdio: 'pipe' });
}

describe('cacert.filepath', () => {
  it.each<[string, () => Options]>([
    ['PEM', () => ({ 'cacert.filepath': server.files.ca })],
    ['JKS, as the page says, without a password', () => ({ 'cacert.filepath': server.files.truststoreJks })],
    [
      'JKS with its password',
      () => ({ 'cacert.filepath': server.files.truststoreJks, 'cacert.password': server.files.password }),
    ],
    [
      'PKCS12',
      () => ({ 'cacert.filepath': server.files.truststorePkcs12, 'cacert.password': server.files.password }),
    ],
  ])('%s', async (_name, options) => {
    const port = await connected(to(server, options()));
    expect(await ask(port, ['SET', 'k', 'größe'], ['GET', 'k'])).toEqual(['OK', 'größe']);
  });

  it('several authorities in one file', async () => {
    const both = at('both.pem');
    writeFileSync(both, readFileSync(strangers.ca, 'utf8') + readFileSync(server.files.ca, 'utf8'));
    const port = await connected(to(server, { 'cacert.filepath': both }));
    expect(await ask(port, ['PING'])).toEqual(['PONG']);
  });

  it('PKCS12 of openssl, without names in it, and DER', async () => {
    openssl(
      'pkcs12',
      '-export',
      '-nokeys',
      '-in',
      server.files.ca,
      '-passout',
      'pass:x',
      '-out',
      at('n.p12'),
    );
    openssl('x509', '-in', server.files.ca, '-outform', 'DER', '-out', at('ca.der'));
    for (const options of [
      { 'cacert.filepath': at('n.p12'), 'cacert.password': 'x' },
      { 'cacert.filepath': at('ca.der') },
    ]) {
      const port = await connected(to(server, options));
      expect(await ask(port, ['PING'])).toEqual(['PONG']);
    }
  });
});

describe('a file that cannot be used is named with its option', () => {
  it.each<[string, () => Options, RegExp]>([
    [
      'missing',
      () => ({ 'cacert.filepath': at('none.jks') }),
      /^The file of option 'cacert\.filepath' does not exist: .*none\.jks$/,
    ],
    ['a folder', () => ({ 'cacert.filepath': folder }), /'cacert\.filepath' is a folder: /],
    [
      'text',
      () => {
        writeFileSync(at('text.jks'), 'not a certificate');
        return { 'cacert.filepath': at('text.jks') };
      },
      /'cacert\.filepath' is neither a JKS or PKCS12 store nor a certificate in PEM or DER: /,
    ],
    [
      'empty',
      () => {
        writeFileSync(at('empty.pem'), '');
        return { 'cacert.filepath': at('empty.pem') };
      },
      /'cacert\.filepath' is empty: /,
    ],
    [
      'a wrong password',
      () => ({ 'cacert.filepath': server.files.truststoreJks, 'cacert.password': 'geheim' }),
      /'cacert\.filepath' is a JKS store that cannot be read with this password \(option 'cacert\.password'\): /,
    ],
    [
      'no password',
      () => ({ 'cacert.filepath': server.files.truststorePkcs12 }),
      /is a PKCS12 store that cannot be read without a password \(option 'cacert\.password'\): /,
    ],
    [
      'a key store without a key',
      () => ({ 'tls.keystore.filepath': server.files.truststoreJks, 'cacert.filepath': server.files.ca }),
      /^The file of option 'tls\.keystore\.filepath' holds no private key: /,
    ],
    [
      'a certificate as a key',
      () => ({
        'tls.cert.filepath': server.files.clientCert,
        'tls.key.filepath': server.files.clientCert,
      }),
      /^The file of option 'tls\.key\.filepath' is no private key in PEM/,
    ],
    [
      'a key of another certificate',
      () => ({ 'tls.cert.filepath': server.files.clientCert, 'tls.key.filepath': server.files.key }),
      /'tls\.cert\.filepath' holds a certificate that does not belong to the private key: /,
    ],
  ])('%s', async (_name, options, words) => {
    const error = await refusal(to(server, options()));
    expect(error.message).toMatch(words);
    expect(error.message).not.toContain('geheim');
    expect(error.retryable).toBe(false);
  });
});

describe('the server’s certificate', () => {
  it('of another authority', async () => {
    const error = await refusal(to(server, { 'cacert.filepath': strangers.ca }));
    expect(error.message).toMatch(
      /^Cannot connect to Redis at 127\.0\.0\.1:\d+: the server's certificate was not signed by the trusted authority \(option 'cacert\.filepath'\)/,
    );
    expect(error.retryable).toBe(false);
  });

  it('of no public authority, when none is named', async () => {
    const error = await refusal(to(server, { 'tls.verify': 'true' }));
    expect(error.message).toContain('not signed by the trusted authority');
  });

  it('that has expired', async () => {
    const tls = join(server.folder, 'tls');
    const file = (name: string) => join(tls, name);
    openssl(
      ...['x509', '-req', '-in', file('server.csr'), '-CA', file('ca.crt'), '-CAkey', file('ca.key')],
      ...['-days', '-1', '-extfile', file('server.ext'), '-out', at('expired.crt')],
    );
    const expired = await startRedisTls({
      args: ['--tls-cert-file', at('expired.crt'), '--tls-key-file', file('server.key')],
    });
    try {
      const error = await refusal(to(expired, { 'cacert.filepath': server.files.ca }));
      expect(error.message).toMatch(/: the server's certificate has expired \(CERT_HAS_EXPIRED\)$/);
      expect(error.retryable).toBe(false);
    } finally {
      await expired.close();
    }
  });

  it('for another name, unless that name is given, or nothing is verified', async () => {
    const other = await startRedisTls({ names: ['DNS:redis.example'] });
    try {
      const error = await refusal(to(other, { 'cacert.filepath': other.files.ca }));
      expect(error.message).toMatch(
        /: the server's certificate is for another name \(option 'tls\.server-name'\): IP: 127\.0\.0\.1 is not in the cert's list/,
      );
      expect(error.retryable).toBe(false);
      const wrong = { 'cacert.filepath': other.files.ca, 'tls.server-name': 'redis.invalid' };
      expect((await refusal(to(other, wrong))).message).toContain(
        "Host: redis.invalid. is not in the cert's",
      );
      for (const options of [
        { 'cacert.filepath': other.files.ca, 'tls.server-name': 'redis.example' },
        { 'tls.verify': 'false' },
      ] as Options[]) {
        const port = await connected(to(other, options));
        expect(await ask(port, ['PING'])).toEqual(['PONG']);
      }
    } finally {
      await other.close();
    }
  });

  it('is there, but TLS is not turned on: said so', async () => {
    const error = await refusal(to(server, {}));
    expect(error.message).toMatch(/broke: .*; if the server speaks TLS, set 'cacert\.filepath'$/);
  });

  it('is expected of a server that has none: said so, in time', async () => {
    const plain = await startRedis({ persist: false });
    try {
      const error = await refusal({
        host: plain.host,
        port: String(plain.port),
        'cacert.filepath': server.files.ca,
        'connect.timeout': '500',
      });
      expect(error.message).toMatch(/TLS|broke|connection closed|connection reset/);
    } finally {
      await plain.close();
    }
  });
});

describe('a server that asks for the client’s certificate', () => {
  const ca = (): Options => ({ 'cacert.filepath': mutual.files.ca });

  it.each<[string, () => Options]>([
    [
      'PEM',
      () => ({ 'tls.cert.filepath': mutual.files.clientCert, 'tls.key.filepath': mutual.files.clientKey }),
    ],
    [
      'PKCS12',
      () => ({
        'tls.keystore.filepath': mutual.files.clientPkcs12,
        'tls.keystore.password': mutual.files.password,
      }),
    ],
    [
      'JKS',
      () => {
        const jks = at('client.jks');
        execFileSync(
          'keytool',
          [
            ...['-importkeystore', '-noprompt', '-srckeystore', mutual.files.clientPkcs12],
            ...['-srcstorepass', mutual.files.password, '-destkeystore', jks],
            ...['-deststoretype', 'JKS', '-deststorepass', mutual.files.password],
          ],
          { stdio: 'pipe' },
        );
        return { 'tls.keystore.filepath': jks, 'tls.keystore.password': mutual.files.password };
      },
    ],
  ])('takes the one of a %s file', async (_name, options) => {
    const port = await connected(to(mutual, { ...ca(), ...options() }));
    expect(await ask(port, ['PING'])).toEqual(['PONG']);
  });

  it('is told apart from other failures when there is none, and when it is a stranger’s', async () => {
    const none = await refusal(to(mutual, ca()));
    expect(none.message).toMatch(
      /: the server asks for a client certificate \(options 'tls\.keystore\.filepath'/,
    );
    expect(none.retryable).toBe(false);
    const strange = await refusal(
      to(mutual, {
        ...ca(),
        'tls.cert.filepath': strangers.clientCert,
        'tls.key.filepath': strangers.clientKey,
      }),
    );
    expect(strange.message).toMatch(/client certificate/);
  });
});

it('changes, reads and reconnections go over TLS', async () => {
  const port = await connected(to(server, { 'cacert.filepath': server.files.truststoreJks }), 'sink');
  for (let round = 0; round < 3; round++) {
    const writes = Array.from({ length: 20 }, (_, b) => {
      const commands = Array.from({ length: 100 }, (_c, i) => ['SET', `key:${i}`, `${round}/${b}`]);
      return ask(port, ...commands);
    });
    await Promise.all(writes);
    await server.command(['CLIENT', 'KILL', 'TYPE', 'normal']);
  }
  const [values] = await ask(port, ['MGET', 'key:0', 'key:99']);
  expect(values).toEqual(['2/19', '2/19']);
  expect(port.stats.reconnects).toBeGreaterThan(0);
});

it('a cluster: the nodes are learned with their TLS ports', async () => {
  const { ca, cert, key } = server.files;
  const node = async () => {
    const bus = await freePort();
    const files = ['--tls-ca-cert-file', ca, '--tls-cert-file', cert, '--tls-key-file', key];
    const cluster = ['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--tls-cluster', 'yes'];
    return { handle: await startRedisTls({ args: [...files, ...cluster] }), bus };
  };
  const nodes = await Promise.all([node(), node()]);
  try {
    const [first, second] = nodes.map(({ handle }) => handle);
    const tls = { ca: readFileSync(ca), checkServerIdentity: () => undefined };
    const command = (target: Server, ...words: (string | number)[]) =>
      redisCommand(target.port, words, { tls });
    await command(first!, 'CLUSTER', 'ADDSLOTSRANGE', 0, 8_191);
    await command(second!, 'CLUSTER', 'ADDSLOTSRANGE', 8_192, 16_383);
    await command(second!, 'CLUSTER', 'MEET', first!.host, first!.port, nodes[0].bus);
    for (const target of [first!, second!])
      await expect
        .poll(() => command(target, 'CLUSTER', 'INFO'), { timeout: 15_000 })
        .toMatch(/cluster_state:ok[\s\S]*cluster_known_nodes:2/);
    const port = await connected(to(first!, { 'cacert.filepath': ca, clusterMode: 'true' }), 'sink');
    const keys = Array.from({ length: 100 }, (_, i) => `key:${i}`);
    expect(await ask(port, ...keys.map((name) => ['SET', name, name]))).toEqual(keys.map(() => 'OK'));
    expect(await ask(port, ['MGET', ...keys])).toEqual([keys]);
    const sizes = await Promise.all([first!, second!].map((target) => command(target, 'DBSIZE')));
    expect(sizes.every((size) => Number(size) > 20)).toBe(true);
  } finally {
    await Promise.all(nodes.map(({ handle }) => handle.close()));
  }
});
