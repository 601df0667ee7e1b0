// The list of modes. A new one is a file beside these and a line here.
import { ValidationError } from '../../../types/errors.ts';
import { bindHashFieldLookup } from './hash-field.ts';
import { HASHMAP_MODE } from './hashmap.ts';
import { LIST_MODE } from './list.ts';
import { tableName } from './messages.ts';
import type { BoundLookup, LookupModeSettings, RedisMode, TableContext } from './mode.ts';
import { SET_MODE } from './set.ts';
import { SORTED_SET_MODE } from './sorted-set.ts';
import { STRING_MODE } from './string.ts';

export const REDIS_MODES: readonly RedisMode[] = [
  STRING_MODE,
  LIST_MODE,
  SET_MODE,
  HASHMAP_MODE,
  SORTED_SET_MODE,
];

export const MODE_NAMES: readonly string[] = REDIS_MODES.map((m) => m.name);

/** @param name one of MODE_NAMES */
export function modeByName(name: string): RedisMode {
  const mode = REDIS_MODES.find((m) => m.name === name);
  if (mode === undefined) throw new Error(`no mode ${name}`);
  return mode;
}

/** How a dimension table is read. `hashName` decides before the mode, as on the connector page. */
export function bindLookup(
  context: TableContext,
  mode: RedisMode,
  settings: LookupModeSettings,
): BoundLookup {
  if (settings.expirationColumn !== undefined) {
    throw new ValidationError(
      `${tableName(context)} sets 'expiration.column', which is for sinks: its column is not stored, so a dimension table cannot read it. Declare the dimension table without the column and the option.`,
    );
  }
  if (settings.hashName !== undefined) {
    return bindHashFieldLookup(context, settings.hashName, settings);
  }
  if (mode.bindLookup !== undefined) return mode.bindLookup(context, settings);
  const readable = REDIS_MODES.filter((m) => m.bindLookup !== undefined).map((m) => m.name);
  throw new ValidationError(
    `${tableName(context)} has 'mode' = '${mode.name}', but a dimension table reads ${readable.join(' or ')} only.`,
  );
}
