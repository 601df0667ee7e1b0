// JSON_OBJECT, JSON_ARRAY, JSON_STRING: values as JSON.
import type Big from 'big.js';
import { DataError, TableError } from '../../../types/errors.ts';
import { type LogicalType, typeToString } from '../../../types/logical-type.ts';
import { dateToString } from '../../../types/text/dates.ts';
import { decimalToString, doubleToString, floatToString } from '../../../types/text/numbers.ts';
import { timestampToString } from '../../../types/text/timestamps.ts';
import type { TimestampData } from '../../../types/values.ts';
import type { Compiled, EvalContext, FunctionCall, Rex, ScalarFunction } from '../../rex.ts';
import { toStringOf } from '../cast/to-string.ts';
import { type Zone, zoneOf } from '../datetime/zone.ts';
import { constant, define } from '../define.ts';
import { STRING_T } from '../types.ts';
import { quoteJson } from './document.ts';

/** A value that is not null as JSON text. */
type Write = (value: unknown) => string;

function writerOf(type: LogicalType, zone: Zone): Write {
  switch (type.root) {
    case 'CHAR':
    case 'VARCHAR':
      return (v) => quoteJson(v as string);
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'BIGINT':
      return String;
    case 'FLOAT':
      return (v) => floating(v as number, floatToString);
    case 'DOUBLE':
      return (v) => floating(v as number, doubleToString);
    case 'DECIMAL': {
      const { scale } = type;
      return (v) => decimalToString(v as Big, scale);
    }
    case 'DATE':
      return (v) => `"${dateToString(v as number)}"`;
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const { precision, root } = type;
      return (v) =>
        `"${timestampToString(v as TimestampData, precision, 'T')}${root === 'TIMESTAMP' ? '' : 'Z'}"`;
    }
    case 'BINARY':
    case 'VARBINARY':
      return (v) => `"${Buffer.from(v as Uint8Array).toString('base64')}"`;
    case 'NULL':
      throw new TableError('Type is not supported: ANY');
    default:
      return nestedWriter(type, zone);
  }
}

function floating(value: number, print: (v: number) => string): string {
  return Number.isFinite(value) ? print(value) : `"${print(value)}"`;
}

function nestedWriter(type: LogicalType, zone: Zone): Write {
  const of = (t: LogicalType): Write => {
    const write = writerOf(t, zone);
    return (v) => (v === null || v === undefined ? 'null' : write(v));
  };
  switch (type.root) {
    case 'ARRAY': {
      const element = of(type.element);
      return (v) => `[${(v as readonly unknown[]).map(element).join(',')}]`;
    }
    case 'ROW': {
      const fields = type.fields.map((f) => ({ name: quoteJson(f.name), write: of(f.type) }));
      return (v) =>
        `{${fields.map((f, i) => `${f.name}:${f.write((v as readonly unknown[])[i])}`).join(',')}}`;
    }
    case 'MAP': {
      const key = toStringOf(type.key, zone);
      const value = of(type.value);
      return (v) => {
        const entries = [...(v as ReadonlyMap<unknown, unknown>)].map(([k, x]) => {
          if (k === null) throw new DataError('Key at map must not be null.');
          return `${quoteJson(key(k))}:${value(x)}`;
        });
        return `{${entries.join(',')}}`;
      };
    }
    case 'MULTISET':
    case 'TIME':
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME': {
      const print = toStringOf(type, zone);
      return (v) => quoteJson(print(v));
    }
    default:
      throw new TableError(`Type is not supported: ${typeToString(type)}`);
  }
}

/** What such a call returns is JSON already, and goes into an object or array as it is. */
const RAW = new Set(['JSON_OBJECT', 'JSON_ARRAY', 'JSON_QUERY']);

/** Marks JSON text; it survives the folding of constants. */
export const RAW_JSON: ScalarFunction = define({
  name: '$JSON',
  doc: 'JSON text inside of JSON_OBJECT and JSON_ARRAY.',
  forms: [['CHARACTER']],
  result: STRING_T,
  compile: ([arg]) => arg!,
  print: (args) => args[0]!,
});

/** A value of JSON_OBJECT or JSON_ARRAY as it is bound. */
export function jsonOperand(value: Rex): Rex {
  if (value.kind !== 'call' || !RAW.has(value.fn.name)) return value;
  return { kind: 'call', fn: RAW_JSON, operands: [value], type: value.type };
}

function operandWriter(operand: Rex, zone: Zone): Write {
  if (operand.kind === 'call' && operand.fn === RAW_JSON) return (v) => v as string;
  return writerOf(operand.type, zone);
}

function writers(call: FunctionCall, context: EvalContext, from: number, step: number): (Write | null)[] {
  const zone = zoneOf(context.timeZone);
  return call.operands.map((o, i) => (i >= from && (i - from) % step === 0 ? operandWriter(o, zone) : null));
}

/** Operands: ABSENT or NULL, then key and value in turn. */
export const JSON_OBJECT = define({
  name: 'JSON_OBJECT',
  doc: "JSON_OBJECT(['k' VALUE v, …] [NULL | ABSENT ON NULL]): an object; its keys are sorted.",
  forms: [{ repeat: 'ANY', least: 0 }],
  result: STRING_T,
  nulls: 'never',
  compile: (args, call, context) => {
    const absent = constant(call.operands[0]) === 'ABSENT';
    const write = writers(call, context, 2, 2);
    return (row) => {
      const fields = new Map<string, string>();
      for (let i = 1; i < args.length; i += 2) {
        const key = args[i]!(row);
        const value = args[i + 1]!(row);
        if (key === null) throw new DataError('Key of a JSON object must not be null.');
        if (value === null && absent) continue;
        fields.set(key as string, value === null ? 'null' : write[i + 1]!(value));
      }
      const sorted = [...fields].sort(([a], [b]) => (a < b ? -1 : 1));
      return `{${sorted.map(([k, v]) => `${quoteJson(k)}:${v}`).join(',')}}`;
    };
  },
});

/** Operands: ABSENT or NULL, then the elements. */
export const JSON_ARRAY = define({
  name: 'JSON_ARRAY',
  doc: 'JSON_ARRAY([a, b, …] [NULL | ABSENT ON NULL]): an array; NULLs are left out by default.',
  forms: [{ repeat: 'ANY', least: 0 }],
  result: STRING_T,
  nulls: 'never',
  compile: (args, call, context) => {
    const absent = constant(call.operands[0]) === 'ABSENT';
    const write = writers(call, context, 1, 1);
    return (row) => {
      const elements: string[] = [];
      for (let i = 1; i < args.length; i++) {
        const value = args[i]!(row);
        if (value !== null) elements.push(write[i]!(value));
        else if (!absent) elements.push('null');
      }
      return `[${elements.join(',')}]`;
    };
  },
});

export const JSON_STRING: ScalarFunction = define({
  name: 'JSON_STRING',
  doc: 'JSON_STRING(value): the value as JSON.',
  forms: [['ANY']],
  result: STRING_T,
  compile: ([arg], call, context): Compiled => {
    const write = writerOf(call.operands[0]!.type, zoneOf(context.timeZone));
    return (row) => {
      const value = arg!(row);
      return value === null ? null : write(value);
    };
  },
});
