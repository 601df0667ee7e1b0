// HASHMAP, single value: each row is one field of the hash. HSET key field value.
import type { Text } from '../../../types/encoded-text.ts';
import { type ColumnRole, KEY, VALUE } from './columns.ts';
import { bindElementSink, type ElementCommands } from './element.ts';
import { addValue, addValue4, type Value } from './formatted-value.ts';
import type { BoundSink, SinkModeSettings, TableContext } from './mode.ts';

const FIELD: ColumnRole = { name: 'field', type: 'STRING' };

const COMMANDS: ElementCommands = {
  write: (_context, key, values, out) => addValue4(out, 'HSET', key, values[0] as Text, values[1] as Value),
  remove: (key, element, out) => addValue(out, 'HDEL', key, element),
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
