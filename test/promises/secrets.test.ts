// Promise: passwords, user names and key material of a table appear in nothing that is printed or written: results of
// statements, plans, messages, errors (their stack and hidden fields too), metrics, logs of either format, checkpoints.
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RedisHandle, RedisTlsHandle } from '../../scripts/services/index.mjs';
import { TableEnvironment } from '../../src/index.ts';
import { renderError } from '../../src/sql/render-error.ts';
import { drey } from '../support/drey.ts';
import { startRedis, startRedisTls } from '../support/services.ts';

/** Letters that survive every way of writing them down (URL, JSON, SQL), in the middle of letters that do not. */
const ODD = (core: string) => `:p@ss/%20?#[1]=&"\\ü€ ${core}'$(x)\`{}`;
const CORES = {
  password: 'Geheim4711',
  wrong: 'Falsch0815',
  user: 'Nutzer1234',
  sentinel: 'Waechter77',
  keyStore: 'Tresor5566',
};
const PASSWORD = ODD(CORES.password);
const WRONG = ODD(CORES.wrong);
/** Of an access control list, which allows no blanks. */
const USER = `ad:min/${CORES.user}@x'`;
const SENTINEL = ODD(CORES.sentinel);
const KEY_STORE = ODD(CORES.keyStore);

/** Throws when a secret is in the text in any form. */
function expectNoSecret(what: string, text: string): void {
  for (const [name, core] of Object.entries(CORES)) {
    const found = text.indexOf(core);
    const shown = text.slice(Math.max(0, found - 80), found + 40);
    expect(found, `${what} shows the ${name}: …${shown}…`).toBe(-1);
  }
  for (const secret of [PASSWORD, WRONG, USER, SENTINEL, KEY_STORE]) {
    for (const form of ['base64', 'base64url', 'hex'] as const) {
      expect(text.includes(Buffer.from(secret).toString(form)), `${what} shows a secret in ${form}`).toBe(
        false,
      );
    }
  }
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
type Options = Record<string, string>;
const withClause = (options: Options) =>
  Object.entries({ connector: 'redis', ...options })
    .map(([key, value]) => `${literal(key)} = ${literal(value)}`)
    .join(', ');
const table = (name: string, options: Options, columns = 'k STRING, v STRING') =>
  `CREATE TABLE ${name} (${columns}, PRIMARY KEY (k) NOT ENFORCED) WITH (${withClause(options)});`;
const SOURCE = `CREATE TABLE src (n BIGINT, k AS CAST(n AS STRING), pt AS PROCTIME()) WITH ('connector' = 'datagen',
  'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '300');`;

let redis: RedisHandle;
let tls: RedisTlsHandle;
let cwd: string;
let at: Options;

beforeAll(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'drey-secrets-'));
  [redis, tls] = await Promise.all([
    startRedis({ persist: false }),
    startRedisTls({ clientCertificates: true }),
  ]);
  await redis.command([
    'ACL',
    'SETUSER',
    USER,
    'on',
    `>${PASSWORD}`,
    '~*',
    '&*',
    '+@all',
    '-lpush',
    '-config',
  ]);
  at = { host: redis.host, port: String(redis.port), username: USER, password: PASSWORD };
});
afterAll(async () => {
  await Promise.all([redis?.close(), tls?.close()]);
  await rm(cwd, { recursive: true, force: true });
});

/** Everything that a run printed and left in its folder. */
async function everything(sql: string, ...args: string[]): Promise<string> {
  const folder = await mkdtemp(path.join(cwd, 'run-'));
  const { code, stdout, stderr } = await drey([...args, '-'], { cwd: folder, stdin: sql });
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return [`exit ${code}`, stdout, stderr, ...files.map((f) => `${f}\n${readFileSync(f, 'latin1')}`)].join(
    '\n',
  );
}

describe('the drey command', () => {
  const FAST = `SET 'restart-strategy.type' = 'none'; SET 'execution.checkpointing.interval' = '50ms';`;
  const INSERT = 'INSERT INTO snk SELECT k, k FROM src;';

  const JOB = () => `${FAST} SET 'table.dml-sync' = 'true'; ${SOURCE}
    ${table('snk', { ...at, mode: 'STRING' })}
    ${table('dim', { ...at, cache: 'ALL', 'cache.invalidation': 'tracking' })}
    CREATE TABLE copy WITH ('dbNum' = '0') LIKE snk;
    CREATE VIEW w AS SELECT * FROM src JOIN dim /*+ OPTIONS('password' = ${literal(PASSWORD)}) */
      FOR SYSTEM_TIME AS OF src.pt AS d ON src.k = d.k;
    SHOW CREATE TABLE snk; SHOW CREATE TABLE copy; SHOW CREATE VIEW w; DESCRIBE snk; SHOW TABLES; SET;
    EXPLAIN INSERT INTO snk SELECT src.k, d.v FROM src
      LEFT JOIN dim /*+ OPTIONS('password' = ${literal(PASSWORD)}) */ FOR SYSTEM_TIME AS OF src.pt AS d ON src.k = d.k;
    INSERT INTO snk SELECT src.k, src.k FROM src LEFT JOIN dim FOR SYSTEM_TIME AS OF src.pt AS d ON src.k = d.k;`;

  test.each([
    ['as text', []],
    ['as JSON', ['--log-format', 'json']],
  ])('a job that works, with plans and descriptions, %s', async (_name, format) => {
    const text = await everything(JOB(), 'run', '--verbose', '--metrics', ...format);
    expect(text).toMatch(/^exit 0/);
    expect(text).toContain('******');
    expect(text).toContain('numRecordsOut');
    expect(text).toMatch(/chk-\d+/);
    expectNoSecret('the run', text);
  });

  test('plans and checks without running', async () => {
    for (const command of ['explain', 'check']) {
      const text = await everything(
        `${SOURCE} ${table('snk', { ...at, mode: 'STRING' })} ${INSERT}`,
        command,
      );
      expect(text).toMatch(/^exit 0/);
      expectNoSecret(command, text);
    }
  });

  test.each<[string, () => Options, RegExp]>([
    ['a wrong password', () => ({ ...at, password: WRONG }), /wrong user name or password/],
    ['a user that nobody knows', () => ({ ...at, username: `x${USER}` }), /wrong user name or password/],
    ['a password where none is asked for', () => ({ ...at, username: '', password: WRONG }), /password/],
    ['nobody listens', () => ({ ...at, port: '1' }), /connection refused/],
    ['a command that the user may not run', () => ({ ...at, mode: 'LIST' }), /NOPERM/],
    [
      'sentinels that do not know the user',
      () => ({
        password: PASSWORD,
        username: USER,
        'sentinel.master': 'm',
        'sentinel.nodes': `${redis.host}:${redis.port}`,
        'sentinel.username': USER,
        'sentinel.password': SENTINEL,
      }),
      /sentinel/i,
    ],
    ['a cluster that is none', () => ({ ...at, clusterMode: 'true' }), /[Cc]luster/],
    [
      'a key store of another password',
      () => ({
        ...at,
        port: String(tls.port),
        'cacert.filepath': tls.files.ca,
        'tls.keystore.filepath': tls.files.clientPkcs12,
        'tls.keystore.password': KEY_STORE,
      }),
      /'tls\.keystore\.filepath' is a PKCS12 store that cannot be read/,
    ],
    [
      'a store of authorities of another password',
      () => ({
        ...at,
        port: String(tls.port),
        'cacert.filepath': tls.files.truststoreJks,
        'cacert.password': KEY_STORE,
      }),
      /'cacert\.filepath' is a JKS store/,
    ],
    ['a bad option beside it', () => ({ ...at, dbNum: 'x' }), /Invalid value for option 'dbNum'/],
    ['an unknown option beside it', () => ({ ...at, pasword: WRONG }), /Did you mean 'password'/],
  ])('a job that fails of %s', async (_name, options, reason) => {
    const sql = `${FAST} ${SOURCE}\n${table('snk', { mode: 'STRING', ...options() })}\n${INSERT}`;
    const text = await everything(sql, 'run', '--verbose', '--metrics');
    expect(text).toMatch(/^exit 1/);
    expect(text).toMatch(reason);
    expectNoSecret('the run', text);
  });

  test('private keys: no line of theirs is printed', async () => {
    const pem = readFileSync(tls.files.clientKey, 'utf8')
      .split('\n')
      .filter((line) => line.length > 40);
    const options = {
      host: tls.host,
      port: String(tls.port),
      mode: 'STRING',
      'cacert.filepath': tls.files.ca,
      'tls.cert.filepath': tls.files.ca,
      'tls.key.filepath': tls.files.clientKey,
    };
    const sql = `${FAST} ${SOURCE} ${table('snk', options)} ${INSERT}`;
    const text = await everything(sql, 'run', '--verbose');
    expect(text).toMatch(/^exit 1/);
    expect(pem.length).toBeGreaterThan(2);
    for (const line of pem) expect(text).not.toContain(line);
  });
});

describe('statements that are written wrongly', () => {
  const HEAD =
    "CREATE TABLE t (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'redis', 'host' = 'h',\n";
  test.each([
    [`'password' = '${CORES.password}' 'mode' = 'STRING')`],
    [`'password' '${CORES.password}')`],
    [`'password' : '${CORES.password}')`],
    [`'password' == '${CORES.password}')`],
    [`'password' = ${CORES.password})`],
    [`'password' = "${CORES.password}")`],
    [`'password' = \`${CORES.password}\`)`],
    [`"password" = '${CORES.password}')`],
    [`password = '${CORES.password}')`],
    [`\`password\` = '${CORES.password}')`],
    [`'password = '${CORES.password}', 'mode' = 'STRING')`],
    [`password' = '${CORES.password}', 'mode' = 'STRING')`],
    [`'password' = ${CORES.password}', 'mode' = 'STRING')`],
    [`'password' = '${CORES.password}, 'mode' = 'STRING')`],
    [`'password = ${CORES.password}', 'mode')`],
    [`'password=${CORES.password}' = 'x' 'mode')`],
    [`'password' = 'it's ${CORES.password}')`],
    [`'PassWord' = 'a' || '${CORES.password}')`],
    [`'password' = '${CORES.password}', 'mode' 'STRING')`],
    [`'password' = '${CORES.password}`],
    [`'password' =\n '${CORES.password}' 'x')`],
    [`'password' = U&'${CORES.password}' x)`],
    [`'password' = X'${CORES.password}')`],
    [`'sentinel.password' => '${CORES.password}')`],
    [`'username' = '${CORES.user}' 'mode' = 'STRING')`],
    [`'password' = '${CORES.password}', 'password' = '${CORES.wrong}')`],
    [`'password' = '${CORES.password}', 'dbNum' = 'x')`],
    [`'password' = '${CORES.password}', 'host' = 'redis://${CORES.user}:${CORES.wrong}@h')`],
    [`'mode' = 'STRING', 'hostAndPorts' = 'redis://${CORES.user}:${CORES.wrong}@h:1')`],
    [`'mode' = 'STRING', 'sentinel.nodes' = '${CORES.user}:${CORES.wrong}@h:1', 'sentinel.master' = 'm')`],
  ])('%s', async (rest) => {
    const env = TableEnvironment.create({ logger: { debug() {}, info() {}, warn() {}, error() {} } });
    const sql = `${HEAD}${rest}`;
    let error: unknown;
    let failing = sql;
    try {
      await env.executeSql(sql);
      failing = "EXPLAIN INSERT INTO t VALUES ('a', 'b')";
      await env.executeSql(failing);
    } catch (reason) {
      error = reason;
    }
    expect(error).toBeInstanceOf(Error);
    expectNoSecret('the message', renderError(failing, error));
    expectNoSecret('the error', inspect(error, { depth: 20, showHidden: true }));
  });
});

describe('the Node API', () => {
  test.each<[string, () => Options]>([
    ['a wrong password', () => ({ ...at, password: WRONG })],
    ['nobody listens', () => ({ ...at, port: '1' })],
    ['a command that the user may not run', () => ({ ...at, mode: 'LIST' })],
  ])('errors and whatever hangs on them: %s', async (_name, options) => {
    const said: string[] = [];
    const note = (line: string) => void said.push(line);
    const env = TableEnvironment.create({
      config: { 'restart-strategy.type': 'none', 'execution.checkpointing.dir': path.join(cwd, 'api') },
      logger: { debug: note, info: note, warn: note, error: note },
    });
    await env.executeSql(SOURCE.slice(0, -1));
    await env.executeSql(table('snk', { mode: 'STRING', ...options() }).slice(0, -1));
    const { job } = await env.executeSql('INSERT INTO snk SELECT k, k FROM src');
    const error: unknown = await job!.wait().then(
      () => null,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(Error);
    expectNoSecret('the error', inspect(error, { depth: 20, showHidden: true }));
    expectNoSecret('the error as JSON', JSON.stringify(error));
    expectNoSecret('the log', said.join('\n'));
    expectNoSecret('the job', inspect([...job!.metrics(), job!.progress(), job!.name]));
  });
});
