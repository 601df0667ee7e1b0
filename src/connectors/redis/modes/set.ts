// SET: each row is a member of the set. SADD key value.
import { KEY, VALUE } from './columns.ts';
import { bindElementSink, type ElementCommands } from './element.ts';
import { addValue, type Value } from './formatted-value.ts';
import type { RedisMode } from './mode.ts';

const COMMANDS: ElementCommands = {
  write: (_context, key, values, out) => addValue(out, 'SADD', key, values[0] as Value),
  remove: (key, element, out) => addValue(out, 'SREM', key, element),
};

export const SET_MODE: RedisMode = {
  name: 'SET',
  doc: 'Columns key, value. SADD key value.',
  bindSink: (context, settings) =>
    bindElementSink(context, settings, "mode 'SET'", [KEY, VALUE], VALUE, COMMANDS, {
      remove: 'SREM key value',
      changed: 'SADD, the old value stays',
    }),
};
