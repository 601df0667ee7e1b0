// What commands of the scripts leave running when they are stopped: nothing.
import { expect, test } from 'vitest';
import { Commands } from '../../../scripts/commands.mjs';

test('a command that takes too long ends with what it has started', async () => {
  const { ok, output } = await new Commands().execute('sh', ['-c', 'sleep 300 & echo $!; wait'], {
    limitMs: 1000,
  });
  expect(ok).toBe(false);
  expect(output).toContain('sh was stopped: it took more than 1 s');
  const started = Number.parseInt(output, 10);
  expect(() => process.kill(started, 0)).toThrow('ESRCH');
});

test('a command that fails says what it printed', async () => {
  const { ok, output } = await new Commands().execute('sh', ['-c', 'echo why >&2; exit 3']);
  expect({ ok, output }).toEqual({ ok: false, output: 'why\n' });
});
