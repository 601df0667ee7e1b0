// The programs in examples/node run as they stand, against the built package.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const examples = path.resolve(import.meta.dirname, '../../examples/node');
let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'drey-api-'));
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

async function output(program: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(examples, program)], {
    cwd,
    timeout: 20_000,
  });
  return stdout.trimEnd().split('\n');
}

test('a job and its rows', async () => {
  expect(await output('enrich.mjs')).toEqual(['+I 1 Ada 9.5', '+I 2 nobody 1', '+I 3 Grace 4.25']);
});

test('a function and a connector of one’s own', async () => {
  expect(await output('extend.mjs')).toEqual(['0 A! 1', '0 B! 1', '1 A! 1', '2 A! 2']);
});
