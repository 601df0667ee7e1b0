// Constants of VALUES and their types, as plans print them.
import { type LogicalType, typeToSqlString, withNullable } from '../../types/logical-type.ts';
import type { Field } from '../../types/schema.ts';
import { printRex } from '../print-rex.ts';
import type { Literal } from '../rex.ts';

/** `[{ 1, _UTF-16LE'a' }, { 2, null }]` */
export function tuplesText(tuples: readonly (readonly Literal[])[]): string {
  return `[${tuples.map((t) => `{ ${t.map((l) => printRex(l, [], 'digest')).join(', ')} }`).join(', ')}]`;
}

/** `RecordType(INTEGER ZERO)` */
export function recordType(fields: readonly Field[]): string {
  return `RecordType(${fields.map((f) => `${sqlName(f.type)} ${f.name}`).join(', ')})`;
}

function sqlName(type: LogicalType): string {
  const name = typeToSqlString(withNullable(type, true));
  return name === 'INT' ? 'INTEGER' : name;
}
