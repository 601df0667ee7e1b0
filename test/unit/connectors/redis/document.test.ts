import { expect, test } from 'vitest';
import { documentRedis } from '../../../../src/connectors/redis/document.ts';
import { REDIS_OPTIONS } from '../../../../src/connectors/redis/options.ts';
import { describeOptions } from '../../../../src/options/document.ts';

test('docs/options/redis.md is what the declarations say', async () => {
  await expect(documentRedis()).toMatchFileSnapshot('../../../../docs/options/redis.md');
});

test('every option is described once, for the docs and for the terminal', () => {
  const text = describeOptions(REDIS_OPTIONS, []);
  for (const option of REDIS_OPTIONS) {
    expect(option.doc).not.toBe('');
    expect(text.split('\n').filter((line) => line.startsWith(`  ${option.key}  (`))).toHaveLength(1);
  }
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
});
