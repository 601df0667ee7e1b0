// SORTEDSET: each row is a member with its score. ZADD key score value.
import { DataError } from '../../../types/errors.ts';
import { type ColumnRole, KEY, VALUE } from './columns.ts';
import { bindElementSink, type ElementCommands } from './element.ts';
import { addValue, addValue4, type Value } from './formatted-value.ts';
import { tableName } from './messages.ts';
import type { RedisMode } from './mode.ts';

const SCORE: ColumnRole = { name: 'score', type: 'DOUBLE' };

const COMMANDS: ElementCommands = {
  write(context, key, values, out) {
    const score = values[0] as number;
    if (Number.isNaN(score)) {
      throw new DataError(
        `${tableName(context)}: the score of a member of key '${key}' is NaN, which Redis does not take.`,
      );
    }
    addValue4(out, 'ZADD', key, scoreText(score), values[1] as Value);
  },
  remove: (key, element, out) => addValue(out, 'ZREM', key, element),
};

export const SORTED_SET_MODE: RedisMode = {
  name: 'SORTEDSET',
  doc: 'Columns key, score (DOUBLE), value. ZADD key score value.',
  bindSink: (context, settings) =>
    bindElementSink(context, settings, "mode 'SORTEDSET'", [KEY, SCORE, VALUE], VALUE, COMMANDS, {
      remove: 'ZREM key value',
      changed: 'ZADD, the old value stays',
    }),
};

/** The shortest text that reads back as the same number; Redis spells infinity `inf`. */
export function scoreText(score: number): string {
  if (Number.isFinite(score)) return String(score);
  return score > 0 ? 'inf' : '-inf';
}
