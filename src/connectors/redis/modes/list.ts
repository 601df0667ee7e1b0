// LIST: each row is one more element at the head of the list. LPUSH key value.
import { KEY, VALUE } from './columns.ts';
import { bindElementSink, type ElementCommands } from './element.ts';
import type { RedisMode } from './mode.ts';

const COMMANDS: ElementCommands = {
  write: (_context, key, values, out) => out.add3('LPUSH', key, values[0] as string),
  remove: (key, element, out) => out.add4('LREM', key, '1', element),
};

export const LIST_MODE: RedisMode = {
  name: 'LIST',
  doc: 'Columns key, value. LPUSH key value.',
  bindSink: (context, settings) =>
    bindElementSink(context, settings, "mode 'LIST'", [KEY, VALUE], VALUE, COMMANDS, {
      remove: 'LREM key 1 value',
      changed: 'LPUSH, the old value stays',
    }),
};
