// HASHMAP, single value: each row is one field of the hash. HSET key field value.
import { type ColumnRole, KEY, VALUE } from './columns.ts';
import { bindElementSink, type ElementCommands } from './element.ts';
import type { BoundSink, SinkModeSettings, TableContext } from './mode.ts';

const FIELD: ColumnRole = { name: 'field', type: 'STRING' };

const COMMANDS: ElementCommands = {
  write: (_context, key, values, out) => out.add4('HSET', key, values[0] as string, values[1] as string),
  remove: (key, element, out) => out.add3('HDEL', key, element),
};

export function bindSingleValueSink(context: TableContext, settings: SinkModeSettings): BoundSink {
  return bindElementSink(
    context,
    settings,
    "mode 'HASHMAP' without flattenHash",
    [KEY, FIELD, VALUE],
    FIELD,
    COMMANDS,
    { remove: 'HDEL key field', changed: 'HSET, the old field stays' },
  );
}
