import { expect, test } from 'vitest';
import { blackholeFactory } from '../../../../src/connectors/blackhole/factory.ts';
import { ChangelogMode } from '../../../../src/types/changelog-mode.ts';
import { STRING } from '../../../../src/types/logical-type.ts';
import { sinkOf, writerOf } from '../../../support/connector-tables.ts';

const FIELDS = [{ name: 'a', type: STRING }];

test('takes everything, and asks for no -U', async () => {
  const sink = sinkOf(blackholeFactory, FIELDS, {});
  expect(sink.changelogMode(ChangelogMode.all).equals(ChangelogMode.upsert)).toBe(true);
  const writer = writerOf(sink);
  await writer.open();
  expect(writer.write({ rows: [['x']], kinds: null })).toBeUndefined();
  await writer.flush(true);
  await writer.close();
});

test('has no options', () => {
  expect(() => sinkOf(blackholeFactory, FIELDS, { format: 'json' })).toThrow(
    "Unsupported options found for 'blackhole'.",
  );
});
