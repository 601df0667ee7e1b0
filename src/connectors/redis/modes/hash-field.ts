// `hashName`: the dimension table is one hash; the primary key is a field, the other column its value. HMGET hash f1 f2 …
import type { Reply } from '../client/port.ts';
import { bindColumns, type ColumnRole, VALUE } from './columns.ts';
import type { BoundLookup, TableContext } from './mode.ts';

const FIELD: ColumnRole = { name: 'field', type: 'STRING' };

export function bindHashFieldLookup(context: TableContext, hashName: string, keyPrefix: string): BoundLookup {
  const [field] = bindColumns(context, "a dimension table with 'hashName'", [FIELD, VALUE], null);
  return {
    keyColumn: field!,
    explain: [`hashName=[${hashName}]`],
    warnings:
      keyPrefix === ''
        ? []
        : [
            "'key-prefix' goes before the value of the primary key, which is the field of the hash with 'hashName': the fields are read with the prefix, the name of the hash is left as it is.",
          ],
    encode(keys, out) {
      out.begin(2 + keys.length, 'HMGET');
      out.arg(hashName);
      for (let i = 0; i < keys.length; i++) out.arg(keyPrefix === '' ? keys[i]! : keyPrefix + keys[i]!);
    },
    decode(keys, replies) {
      const values = replies[0] as readonly Reply[];
      return keys.map((k, i) => {
        const found = values[i]!;
        if (found === null) return null;
        return field === 0 ? [k, found] : [found, k];
      });
    },
  };
}
