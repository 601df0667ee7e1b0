// Sequences (org.apache.flink.connector.datagen.table.SequenceGeneratorVisitor).
import Big from 'big.js';
import { ValidationError } from '../../types/errors.ts';
import { type LogicalType, typeToString } from '../../types/logical-type.ts';
import type { Generator } from './generator.ts';
import { longOption } from './numbers.ts';

/** The generator of `fields.<name>` with kind `sequence`: from `start` to `end`, both included. */
export function sequenceGenerator(prefix: string, type: LogicalType): Generator {
  const start = longOption(`${prefix}.start`).describe('The first value.');
  const end = longOption(`${prefix}.end`).describe('The last value; the table ends with it.');
  const convert = sequenceValue(type);
  return {
    options: [start, end],
    build(values) {
      const [from, to] = [values.find(start), values.find(end)];
      if (from === undefined) throw missing(`${prefix}.start`);
      if (to === undefined) throw missing(`${prefix}.end`);
      if (from > to) {
        throw new ValidationError(
          `'${prefix}.start' (${from}) must not be greater than '${prefix}.end' (${to}).`,
        );
      }
      return { generate: (_, n) => convert(from + BigInt(n)), rows: Number(to - from + 1n) };
    },
  };
}

function missing(key: string): ValidationError {
  return new ValidationError(`Could not find required property '${key}' for sequence generator.`);
}

function sequenceValue(type: LogicalType): (value: bigint) => unknown {
  switch (type.root) {
    case 'TINYINT':
      return (v) => Number(BigInt.asIntN(8, v));
    case 'SMALLINT':
      return (v) => Number(BigInt.asIntN(16, v));
    case 'INTEGER':
      return (v) => Number(BigInt.asIntN(32, v));
    case 'BIGINT':
      return (v) => v;
    case 'FLOAT':
      return (v) => Math.fround(Number(v));
    case 'DOUBLE':
      return (v) => Number(v);
    case 'DECIMAL':
      return (v) => decimalOf(v, type.precision, type.scale);
    case 'CHAR':
    case 'VARCHAR':
      return (v) => String(v);
    default:
      throw new ValidationError(`Unsupported type for sequence generator: ${typeToString(type)}.`);
  }
}

function decimalOf(value: bigint, precision: number, scale: number): Big | null {
  const big = new Big(String(value));
  return big.c[0] !== 0 && big.e >= precision - scale ? null : big;
}
