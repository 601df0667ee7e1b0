// `hashName`: the dimension table is one hash; the primary key is a field, the other column its value. HMGET hash f1 f2 …
import type { Text } from '../../../types/encoded-text.ts';
import { ValidationError } from '../../../types/errors.ts';
import type { Reply } from '../client/port.ts';
import { bindColumns, type ColumnRole, VALUE } from './columns.ts';
import { formattedRows } from './formatted-value.ts';
import { singleValue, valueRows } from './lookup-key.ts';
import type { BoundLookup, BoundScan, LookupModeSettings, TableContext } from './mode.ts';
import { prefixed } from './row-key.ts';

const FIELD: ColumnRole = { name: 'field', type: 'STRING' };

export function bindHashFieldLookup(
  context: TableContext,
  hashName: string,
  settings: LookupModeSettings,
): BoundLookup {
  if (settings.keyTemplate !== undefined) {
    throw new ValidationError(
      "Option 'key-template' makes the Redis key of a row, but with 'hashName' all rows are fields of one key. Remove one of them.",
    );
  }
  const prefix = settings.keyPrefix;
  const bound = bindColumns(context, settings, "a dimension table with 'hashName'", [FIELD, VALUE], null);
  const keyColumns = bound.key.columns;
  const idOf: BoundLookup['idOf'] = (key) => key[0] as Text;
  return {
    keyColumns,
    explain: [`hashName=[${hashName}]`],
    warnings:
      prefix === ''
        ? []
        : [
            "'key-prefix' goes before the value of the primary key, which is the field of the hash with 'hashName': the fields are read with the prefix, the name of the hash is left as it is.",
          ],
    passesKeys: true,
    idOf,
    encode(ids, out) {
      out.begin(2 + ids.length, 'HMGET');
      out.arg(hashName);
      for (let i = 0; i < ids.length; i++) out.arg(prefixed(prefix, ids[i]!));
    },
    ...singleValue(
      settings.valueFormat === null
        ? valueRows(2, keyColumns, bound.columns[0]!)
        : formattedRows(context, settings.valueFormat, keyColumns, bound.formatted, idOf),
    ),
    passesTexts: settings.valueFormat === null,
    scan: scanFields(hashName, prefix),
  };
}

function scanFields(hashName: string, prefix: string): BoundScan {
  return {
    kind: 'hash',
    prefix: hashName,
    encodeStep(cursor, count, _typed, out) {
      out.add(['HSCAN', hashName, cursor, 'COUNT', count]);
    },
    readStep(reply: Reply) {
      const [cursor, pairs] = reply as readonly [string, readonly string[]];
      const ids: string[] = [];
      const found: [string][] = [];
      for (let i = 0; i + 1 < pairs.length; i += 2) {
        const field = pairs[i]!;
        if (!field.startsWith(prefix)) continue;
        ids.push(prefix === '' ? field : field.slice(prefix.length));
        found.push([pairs[i + 1]!]);
      }
      return { cursor, ids, found };
    },
    idOfKey: () => null,
  };
}
