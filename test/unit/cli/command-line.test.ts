import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { jobOptions, parseProperties } from '../../../src/cli/arguments.ts';
import { createLogger } from '../../../src/cli/log.ts';
import { createMessages } from '../../../src/cli/messages.ts';
import { run } from '../../../src/cli/run.ts';
import { readScript } from '../../../src/cli/script-source.ts';
import { VERSION } from '../../../src/types/version.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { streams } from './support.ts';

async function drey(...args: string[]) {
  const io = streams();
  const status = await run(args, io);
  return { status, stdout: io.stdout.text, stderr: io.stderr.text };
}

describe('usage', () => {
  test('--version', async () => {
    expect(await drey('--version')).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
    expect((await drey('run', '--help')).status).toBe(0);
  });

  test.each<[string[], string]>([
    [['run'], 'error: Give a FILE with SQL statements, - for standard input, or -e "sql".'],
    [['run', 'no/such.sql'], 'error: Cannot read no/such.sql: ENOENT'],
    [['run', 'a.sql', '-e', 'SELECT 1'], 'error: Give either a FILE or -e, not both.'],
    [['run', '-e', 'SELECT 1', '-D', 'x'], "error: -D takes key=value, but was given 'x'."],
    [
      ['run', '-e', 'SELECT 1', '--output', 'xml'],
      "argument 'xml' is invalid. Allowed choices are tableau, json, csv.",
    ],
    [['rum', 'a.sql'], "error: unknown command 'rum'"],
    [['run', 'a.sql', '--fast'], "error: unknown option '--fast'"],
    [['redis', '--port', 'abc'], 'A port is a number between 0 and 65535.'],
    [['options', 'nonsense'], "error: There is no connector or format 'nonsense'"],
  ])('drey %j is refused with status 2', async (args, message) => {
    const { status, stderr } = await drey(...args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});

describe('arguments', () => {
  test('-D', () => {
    expect([...parseProperties(['a.b=c=d', 'x = y', 'a.b=2', 'e='])]).toEqual([
      ['a.b', '2'],
      ['x', 'y'],
      ['e', ''],
    ]);
  });

  test('--parallelism is a job option, and the last word about it', () => {
    const D = ['parallelism.default=3'];
    expect([...jobOptions({ D })]).toEqual([['parallelism.default', '3']]);
    expect([...jobOptions({ D, parallelism: 2 })]).toEqual([['parallelism.default', '2']]);
  });

  test('scripts', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'drey-')), 'a.sql');
    writeFileSync(file, '\ufeffSELECT 1');
    expect(await readScript(file, [], streams().stdin)).toEqual({ text: 'SELECT 1', name: file });
    expect(await readScript('-', [], streams('SELECT é').stdin)).toEqual({
      text: 'SELECT é',
      name: '<stdin>',
    });
    expect((await readScript(undefined, ['USE a -- x', 'USE b'], streams().stdin)).text).toBe(
      'USE a -- x\n;\nUSE b',
    );
  });
});

describe('logs', () => {
  const clock = new ManualClock(Date.UTC(2026, 2, 1, 12, 0, 0, 123));
  const lines = async (format: 'text' | 'json', verbose: boolean) => {
    let text = '';
    const write = (part: string) => {
      text += part;
    };
    const logger = await createLogger({ format, verbose, clock, write });
    logger.info('info');
    logger.warn('warn');
    createMessages(format, verbose, logger, write).error('error');
    return text;
  };

  test('quiet text', async () => {
    expect(await lines('text', false)).toBe('2026-03-01 12:00:00,123 WARN  warn\n[ERROR] error\n');
    expect(await lines('text', true)).toContain('2026-03-01 12:00:00,123 INFO  info\n');
  });

  test('JSON, a record a line', async () => {
    const records = (await lines('json', false))
      .trim()
      .split('\n')
      .map((l) => JSON.parse(l) as unknown);
    expect(records).toEqual([
      { level: 'info', time: '2026-03-01T12:00:00.123Z', message: 'info' },
      { level: 'warn', time: '2026-03-01T12:00:00.123Z', message: 'warn' },
      { level: 'error', time: '2026-03-01T12:00:00.123Z', message: 'error' },
    ]);
  });
});
