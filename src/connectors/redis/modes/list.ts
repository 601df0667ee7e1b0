// LIST: each row is one more element at the head of the list (or its tail). LPUSH key value.
import { KEY, VALUE } from './columns.ts';
import { bindElementSink, type ElementCommands } from './element.ts';
import { addValue, addValue4, type Value } from './formatted-value.ts';
import type { RedisMode, SinkModeSettings } from './mode.ts';

export const LIST_MODE: RedisMode = {
  name: 'LIST',
  doc: 'Columns key, value. LPUSH key value; RPUSH with `sink.list.direction` = `right`.',
  bindSink(context, settings) {
    const left = settings.listDirection === 'left';
    return bindElementSink(context, settings, "mode 'LIST'", [KEY, VALUE], VALUE, listCommands(settings), {
      remove: left ? 'LREM key 1 value' : 'LREM key -1 value',
      changed: `${left ? 'LPUSH' : 'RPUSH'}, the old value stays`,
    });
  },
};

/** The end that is written to has the newest elements: deletions look there first, and trimming keeps them. */
function listCommands({ listDirection, listMaxLength }: SinkModeSettings): ElementCommands {
  const left = listDirection === 'left';
  const push = left ? 'LPUSH' : 'RPUSH';
  const first = left ? '1' : '-1';
  const remove: ElementCommands['remove'] = (key, element, out) =>
    addValue4(out, 'LREM', key, first, element);
  if (listMaxLength === undefined) {
    return {
      appends: true,
      write: (_context, key, values, out) => addValue(out, push, key, values[0] as Value),
      remove,
    };
  }
  const from = left ? '0' : String(-listMaxLength);
  const to = left ? String(listMaxLength - 1) : '-1';
  return {
    appends: true,
    write(_context, key, values, out) {
      addValue(out, push, key, values[0] as Value);
      out.add4('LTRIM', key, from, to);
    },
    remove,
  };
}
