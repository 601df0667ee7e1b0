// What commands of the scripts leave running when they are stopped: nothing.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Commands } from '../../../scripts/commands.mjs';

const SCRIPT = path.join(import.meta.dirname, '../../../scripts/commands.mjs');

/** A process that runs a command, which prints its pid, and says when the command is one that it ends with. */
const OWNER = `import { Commands } from ${JSON.stringify(SCRIPT)};
new Commands().execute('sh', ['-c', 'echo pid $$; sleep 300; true'], { live: true });
console.log('owned');`;

let owner: ChildProcess | null = null;

afterEach(() => {
  owner?.kill('SIGKILL');
  owner = null;
});

test('a command that takes too long ends with what it has started', async () => {
  const { ok, output } = await new Commands().execute('sh', ['-c', 'sleep 300 & echo $!; wait'], {
    limitMs: 1000,
  });
  expect(ok).toBe(false);
  expect(output).toContain('sh was stopped: it took more than 1 s');
  const started = Number.parseInt(output, 10);
  expect(() => process.kill(started, 0)).toThrow('ESRCH');
});

test('a command ends with a script that is killed', async () => {
  const args = ['--input-type=module', '-e', OWNER];
  owner = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const stdout = owner.stdout!;
  let text = '';
  while (!/pid \d+\n/.test(text) || !text.includes('owned')) text += String(await once(stdout, 'data'));
  const pid = Number(/pid (\d+)/.exec(text)![1]);
  expect(process.kill(-pid, 0)).toBe(true);
  owner.kill('SIGKILL');
  // The last one of the group that could write has ended.
  await once(stdout, 'end');
});

test('a command that fails says what it printed', async () => {
  const { ok, output } = await new Commands().execute('sh', ['-c', 'echo why >&2; exit 3']);
  expect({ ok, output }).toEqual({ ok: false, output: 'why\n' });
});
