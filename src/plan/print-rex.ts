// Expressions as EXPLAIN prints them (org.apache.flink.table.planner.plan.utils.FlinkRexUtil).
import type Big from 'big.js';
import { isCharacter, type LogicalType, withNullable } from '../types/logical-type.ts';
import { decimalToPlain, doubleToString } from '../types/text/numbers.ts';
import { toStringOf } from './functions/cast/to-string.ts';
import { UTC } from './functions/datetime/zone.ts';
import type { Call, Literal, Rex } from './rex.ts';
import { calciteName, SYMBOL } from './types/families.ts';

/**
 * `explain`: execution plans, `(a + 1)`, `'x'`, columns by name. `digest`: the syntax tree, `+($0, 1)`, `_UTF-16LE'x'`,
 * columns by number, CAST as `CAST($0):BIGINT`.
 */
export type RexStyle = 'explain' | 'digest';

/** @param inputNames names of the input's columns */
export function printRex(rex: Rex, inputNames: readonly string[], style: RexStyle = 'explain'): string {
  switch (rex.kind) {
    case 'input':
      return style === 'digest' ? `$${rex.index}` : (inputNames[rex.index] ?? `$${rex.index}`);
    case 'literal':
      return style === 'digest' ? digestLiteral(rex) : explainLiteral(rex);
    case 'field': {
      const { type } = rex.operand;
      const name = type.root === 'ROW' ? type.fields[rex.index]!.name : String(rex.index);
      return `${printRex(rex.operand, inputNames, style)}.${name}`;
    }
    case 'call': {
      const operands = rex.operands.map((o) => printRex(o, inputNames, style));
      if (style === 'digest') return digestCall(rex, operands);
      return rex.fn.print?.(operands, rex) ?? `${rex.fn.name}(${operands.join(', ')})`;
    }
  }
}

function digestCall(call: Call, operands: readonly string[]): string {
  const { name } = call.fn;
  if (name === 'CAST' || name === 'TRY_CAST') return `${name}(${operands[0]}):${digestType(call.type)}`;
  return `${name}(${operands.join(', ')})`;
}

/** With the character set and NOT NULL, as Calcite's full type string. */
function digestType(type: LogicalType): string {
  const name = isCharacter(type) ? `${calciteName(type)} CHARACTER SET "UTF-16LE"` : calciteName(type);
  return type.nullable ? name : `${name} NOT NULL`;
}

function digestLiteral(literal: Literal): string {
  const { value, type } = literal;
  if (value === null) return `null:${digestType(withNullable(type, true))}`;
  if (type === SYMBOL) return `FLAG(${String(value)})`;
  if (!isCharacter(type)) return explainLiteral(literal);
  const text = `_UTF-16LE'${String(value).replaceAll("'", "''")}'`;
  return type.root === 'CHAR' ? text : `${text}:${calciteName(type)} CHARACTER SET "UTF-16LE"`;
}

function explainLiteral({ value, type }: Literal): string {
  if (value === null) return `null:${calciteName(type)}`;
  if (type === SYMBOL) return String(value);
  switch (type.root) {
    case 'CHAR':
    case 'VARCHAR':
      return `'${String(value)}'`;
    case 'BOOLEAN':
      return String(value);
    case 'BIGINT':
      return `${value as bigint}L`;
    case 'DOUBLE':
    case 'FLOAT':
      return scientific(value as number);
    case 'DECIMAL':
      return decimalToPlain(value as Big, type.scale);
    case 'BINARY':
    case 'VARBINARY':
      return `X'${Buffer.from(value as Uint8Array).toString('hex')}'`;
    case 'INTERVAL_DAY_TIME':
      return `${value as number}:INTERVAL DAY TO SECOND`;
    case 'INTERVAL_YEAR_MONTH':
      return `${value as number}:INTERVAL YEAR TO MONTH`;
    default:
      return toStringOf(type, UTC)(value);
  }
}

/** Calcite's scientific notation: `1.5E0`, `1E1`. */
function scientific(value: number): string {
  if (!Number.isFinite(value)) return doubleToString(value);
  return value.toExponential().replace('e+', 'E').replace('e', 'E');
}
