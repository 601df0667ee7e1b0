// Which messages replace each other: those with the same key in the same topic.
import type { Encoder } from '../../connector/format.ts';
import { DataError } from '../../types/errors.ts';
import { type Row, RowKind } from '../../types/row.ts';

/**
 * @param key encodes the columns `keyColumns`
 * @param topicColumn where a row names its topic; null when all go to one
 */
export function messageIdentity(
  key: Encoder,
  keyColumns: readonly number[],
  topicColumn: number | null,
): (row: Row) => string {
  return (row) => {
    const text = encodedKey(
      key,
      keyColumns.map((i) => row[i]),
    );
    return topicColumn === null ? text : `${row[topicColumn]}\n${text}`;
  };
}

function encodedKey(key: Encoder, columns: Row): string {
  try {
    // Every byte a character: different keys stay different.
    return key.encode(columns, RowKind.INSERT)?.toString('latin1') ?? '';
  } catch (cause) {
    throw new DataError('The key of a row cannot be written to Kafka.', { cause });
  }
}
