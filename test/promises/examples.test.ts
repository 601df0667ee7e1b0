// Every file under examples/ is a job that is right as it stands; those that need no server run to their end.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DreyProcess } from '../support/drey.ts';

const project = resolve(import.meta.dirname, '..', '..');
const examples = readdirSync(join(project, 'examples'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.sql'))
  .sort();

describe('examples', () => {
  const checkpoints = mkdtempSync(join(tmpdir(), 'drey-examples-'));
  afterAll(() => rmSync(checkpoints, { recursive: true, force: true }));

  function drey(...words: string[]) {
    return new DreyProcess(words, { cwd: project }).finished;
  }

  test('are listed in their README', () => {
    const listed = readFileSync(join(project, 'examples', 'README.md'), 'utf8');
    const missing = examples.filter(
      (name) => !name.startsWith('quickstart') && !listed.includes(`(${name})`),
    );
    expect(missing).toEqual([]);
    expect(examples.length).toBeGreaterThan(10);
  });

  test.each(examples)('%s passes drey check', async (name) => {
    const { code, stderr } = await drey('check', join('examples', name));
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  test.each(['local/datagen.sql', 'local/files.sql'])('%s runs to its end', async (name) => {
    const where = `execution.checkpointing.dir=${checkpoints}`;
    const { code, stdout, stderr } = await drey('run', join('examples', name), '-D', where);
    expect(code, stderr).toBe(0);
    if (name === 'local/files.sql') expect(stdout).toContain('ABANICO "ROJO"');
  });
});
