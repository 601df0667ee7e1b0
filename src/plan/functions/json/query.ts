// JSON_VALUE, JSON_QUERY, JSON_EXISTS, IS JSON. Their operands: input, path, then pairs of a keyword and its default.
import { DataError, TableError, ValidationError } from '../../../types/errors.ts';
import { type LogicalType, typeToString, withNullable } from '../../../types/logical-type.ts';
import { castTo } from '../../cast.ts';
import type { Call, Compiled, FunctionCall, Rex, ScalarFunction } from '../../rex.ts';
import { belongsTo, SYMBOL } from '../../types/families.ts';
import { cannotApply, constant, define } from '../define.ts';
import { BOOLEAN_T, STRING_T } from '../types.ts';
import {
  isArray,
  isScalar,
  JsonNumber,
  type JsonValue,
  parseJson,
  tryParseJson,
  writeJson,
} from './document.ts';
import { evaluatePath, type Found, type JsonPath, parsePath } from './path.ts';

export interface JsonBehaviour {
  readonly kind: string;
  /** Of DEFAULT. */
  readonly value?: Rex;
}

export function symbol(value: string): Rex {
  return { kind: 'literal', value, type: SYMBOL };
}

const NULL_STRING: Rex = { kind: 'literal', value: null, type: withNullable(STRING_T, true) };

/** The document that was parsed last, as several functions often read one column. */
let lastText: string | undefined;
let lastDocument: JsonValue = null;

function documentOf(text: string): JsonValue {
  if (text !== lastText) {
    lastDocument = parseJson(text);
    lastText = text;
  }
  return lastDocument;
}

let lastPlainText: string | undefined;
let lastPlain: unknown;

/** What JSON.parse makes of the text; undefined when it refuses it (Jackson also takes text behind the value). */
function plainDocument(text: string): unknown {
  if (text !== lastPlainText) {
    try {
      lastPlain = JSON.parse(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      lastPlain = undefined;
    }
    lastPlainText = text;
  }
  return lastPlain;
}

/** A text or boolean at a path, the quick way; undefined for everything else, which takes the exact one. */
function quickScalar(path: JsonPath, text: string): string | boolean | undefined {
  let value = plainDocument(text);
  for (const step of path.steps) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (step.kind === 'keys') {
      const key = step.keys[0]!;
      if (!Object.hasOwn(value, key)) return undefined;
      value = (value as Readonly<Record<string, unknown>>)[key];
    } else if (step.kind === 'indexes' && Array.isArray(value)) value = value.at(step.indexes[0]!);
    else return undefined;
  }
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
}

/** The constant path of a call, when it leads to one place. */
function definitePath(call: FunctionCall): JsonPath | undefined {
  const text = constant(call.operands[1]);
  if (typeof text !== 'string' || !isPath(text)) return undefined;
  const path = parsePath(text);
  return path.definite ? path : undefined;
}

type Find = (text: string, path: string) => { readonly found: Found; readonly path: JsonPath };

/** The path is read once when it is a constant. */
function finder(call: FunctionCall): Find {
  const text = constant(call.operands[1]);
  if (typeof text === 'string' && isPath(text)) {
    const path = parsePath(text);
    return (input) => ({ found: evaluatePath(path, documentOf(input)), path });
  }
  return (input, pathText) => {
    const path = parsePath(pathText);
    return { found: evaluatePath(path, documentOf(input)), path };
  };
}

function isPath(text: string): boolean {
  try {
    parsePath(text);
    return true;
  } catch (error) {
    // It fails for each row, where ON ERROR decides.
    if (error instanceof DataError) return false;
    throw error;
  }
}

function checkOperands(fn: ScalarFunction, operands: readonly Rex[]): void {
  for (const operand of operands.slice(0, 2)) {
    if (operand.type.root === 'NULL') throw new ValidationError("Illegal use of 'NULL'");
    if (!belongsTo(operand.type, 'CHARACTER')) {
      throw cannotApply({ name: fn.name, forms: [['CHARACTER', 'CHARACTER']] }, operands.slice(0, 2));
    }
  }
}

// ---------------------------------------------------------------------------------------------------------- JSON_VALUE

const RETURNING = new Set(['VARCHAR', 'CHAR', 'BOOLEAN', 'INTEGER', 'DOUBLE']);

export function jsonValueCall(
  input: Rex,
  path: Rex,
  returning: LogicalType | undefined,
  onEmpty: JsonBehaviour,
  onError: JsonBehaviour,
): Call {
  const type = withNullable(returning ?? STRING_T, true);
  if (!RETURNING.has(type.root)) {
    throw new ValidationError(`Unsupported type '${typeToString(type)}' for RETURNING in JSON_VALUE().`, {
      hint: 'Types are STRING, BOOLEAN, INTEGER and DOUBLE',
    });
  }
  checkOperands(JSON_VALUE, [input, path]);
  const orNull = (b: JsonBehaviour) =>
    b.value === undefined ? NULL_STRING : castTo(b.value, type, { implicit: true });
  return {
    kind: 'call',
    fn: JSON_VALUE,
    operands: [input, path, symbol(onEmpty.kind), orNull(onEmpty), symbol(onError.kind), orNull(onError)],
    type,
  };
}

function scalarTo(type: LogicalType): (value: JsonValue) => unknown {
  const wrong = (value: JsonValue) =>
    new DataError(`JSON_VALUE found ${writeJson(value)}, which cannot be returned as ${typeToString(type)}.`);
  switch (type.root) {
    case 'BOOLEAN':
      return (v) => {
        if (typeof v === 'boolean') return v;
        throw wrong(v);
      };
    case 'INTEGER':
      return (v) => {
        const n = v instanceof JsonNumber && v.isInteger() ? Number(v.text) : Number.NaN;
        if (n === (n | 0)) return n;
        throw wrong(v);
      };
    case 'DOUBLE':
      return (v) => {
        if (v instanceof JsonNumber) return Number(v.text);
        throw wrong(v);
      };
    default:
      return (v) => String(v);
  }
}

type Behaviours = { readonly onEmpty: unknown; readonly onError: unknown };

/** `keywords`: places of the two keywords among the operands. */
function behaviours(call: FunctionCall, empty: number, error: number): Behaviours {
  return { onEmpty: constant(call.operands[empty]), onError: constant(call.operands[error]) };
}

export const JSON_VALUE: ScalarFunction = {
  name: 'JSON_VALUE',
  doc: "JSON_VALUE(text, path [RETURNING type] [NULL | ERROR | DEFAULT x ON EMPTY] [… ON ERROR]): the scalar at the path. A path without 'lax' is strict: what is not there is an error, not empty.",
  bind: ([input, path]) => jsonValueCall(input!, path!, undefined, { kind: 'NULL' }, { kind: 'NULL' }),
  compile: (args, call) => {
    const [input, path, , defaultEmpty, , defaultError] = args;
    const find = finder(call);
    const { onEmpty, onError } = behaviours(call, 2, 4);
    const convert = scalarTo(call.type);
    const quick = definitePath(call);
    return (row) => {
      const text = input!(row);
      const pathText = path!(row);
      if (text === null || pathText === null) return null;
      if (quick !== undefined) {
        const scalar = quickScalar(quick, text as string);
        if (scalar !== undefined) return convert(scalar);
      }
      let value: Found;
      try {
        const result = find(text as string, pathText as string);
        value = result.found;
        if (value !== undefined && !isScalar(value)) {
          if (result.path.mode === 'strict') {
            throw new DataError(
              `Strict jsonpath mode requires scalar value, and the actual value is: '${writeJson(value)}'`,
            );
          }
          value = undefined;
        }
      } catch (error) {
        if (!(error instanceof DataError) || onError === 'ERROR') throw error;
        return onError === 'DEFAULT' ? defaultError!(row) : null;
      }
      if (value !== undefined && value !== null) return convert(value);
      if (onEmpty === 'ERROR') throw new DataError('Empty result of JSON_VALUE function is not allowed');
      return onEmpty === 'DEFAULT' ? defaultEmpty!(row) : null;
    };
  },
  print: (args) => `JSON_VALUE(${args.slice(0, 2).join(', ')})`,
};

// ---------------------------------------------------------------------------------------------------------- JSON_QUERY

export function jsonQueryCall(
  input: Rex,
  path: Rex,
  wrapper: string,
  onEmpty: JsonBehaviour,
  onError: JsonBehaviour,
): Call {
  checkOperands(JSON_QUERY, [input, path]);
  return {
    kind: 'call',
    fn: JSON_QUERY,
    operands: [input, path, symbol(wrapper), symbol(onEmpty.kind), symbol(onError.kind)],
    type: withNullable(STRING_T, true),
  };
}

function wrapped(value: JsonValue, wrapper: unknown): JsonValue {
  if (wrapper === 'UNCONDITIONAL') return [value];
  return wrapper === 'CONDITIONAL' && !isArray(value) ? [value] : value;
}

function queryResult(behaviour: unknown, error: DataError): string | null {
  if (behaviour === 'EMPTY ARRAY') return '[]';
  if (behaviour === 'EMPTY OBJECT') return '{}';
  if (behaviour === 'ERROR') throw error;
  return null;
}

export const JSON_QUERY: ScalarFunction = {
  name: 'JSON_QUERY',
  doc: 'JSON_QUERY(text, path [WITHOUT | WITH [CONDITIONAL | UNCONDITIONAL] ARRAY WRAPPER] [NULL | EMPTY ARRAY | EMPTY OBJECT | ERROR ON EMPTY] [… ON ERROR]): the object or array at the path as JSON.',
  bind: ([input, path]) => jsonQueryCall(input!, path!, 'WITHOUT', { kind: 'NULL' }, { kind: 'NULL' }),
  compile: (args, call) => {
    const [input, path] = args as readonly [Compiled, Compiled];
    const find = finder(call);
    const wrapper = constant(call.operands[2]);
    const { onEmpty, onError } = behaviours(call, 3, 4);
    return (row) => {
      const text = input(row);
      const pathText = path(row);
      if (text === null || pathText === null) return null;
      try {
        const { found, path: parsed } = find(text as string, pathText as string);
        const value = found === undefined || found === null ? undefined : wrapped(found, wrapper);
        if (value !== undefined && !isScalar(value)) return writeJson(value);
        if (value !== undefined && parsed.mode === 'strict') {
          throw new DataError(
            `Strict jsonpath mode requires array or object value, and the actual value is: '${writeJson(value)}'`,
          );
        }
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        return queryResult(onError, error);
      }
      return queryResult(onEmpty, new DataError('Empty result of JSON_QUERY function is not allowed'));
    };
  },
  print: (args) => `JSON_QUERY(${args.slice(0, 2).join(', ')})`,
};

// --------------------------------------------------------------------------------------------------------- JSON_EXISTS

export function jsonExistsCall(input: Rex, path: Rex, onError: JsonBehaviour): Call {
  checkOperands(JSON_EXISTS, [input, path]);
  return {
    kind: 'call',
    fn: JSON_EXISTS,
    operands: [input, path, symbol(onError.kind)],
    type: withNullable(BOOLEAN_T, true),
  };
}

export const JSON_EXISTS: ScalarFunction = {
  name: 'JSON_EXISTS',
  doc: 'JSON_EXISTS(text, path [TRUE | FALSE | UNKNOWN | ERROR ON ERROR]): whether something is at the path.',
  bind: ([input, path]) => jsonExistsCall(input!, path!, { kind: 'FALSE' }),
  compile: (args, call) => {
    const [input, path] = args as readonly [Compiled, Compiled];
    const find = finder(call);
    const onError = constant(call.operands[2]);
    return (row) => {
      const text = input(row);
      const pathText = path(row);
      if (text === null || pathText === null) return null;
      try {
        const { found } = find(text as string, pathText as string);
        return found !== undefined && found !== null;
      } catch (error) {
        if (!(error instanceof DataError) || onError === 'ERROR') throw error;
        return onError === 'UNKNOWN' ? null : onError === 'TRUE';
      }
    };
  },
  print: (args) => `JSON_EXISTS(${args.slice(0, 2).join(', ')})`,
};

// ------------------------------------------------------------------------------------------------------------- IS JSON

const KINDS: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  VALUE: () => true,
  OBJECT: (v) => v instanceof Map,
  ARRAY: (v) => isArray(v),
  SCALAR: isScalar,
};

function isJson(kind: string, negated: boolean): ScalarFunction {
  const name = `IS ${negated ? 'NOT ' : ''}JSON ${kind}`;
  const test = KINDS[kind];
  if (test === undefined) throw new TableError(`No JSON kind ${kind}`);
  return define({
    name,
    doc: `text ${name}`,
    syntax: 'postfix',
    forms: [['CHARACTER']],
    result: BOOLEAN_T,
    nulls: 'never',
    compile:
      ([arg]) =>
      (row) => {
        const text = arg!(row);
        const value = text === null ? undefined : tryParseJson(text as string);
        return (value !== undefined && test(value)) !== negated;
      },
    print: (args) => `${args[0]} ${name}`,
  });
}

/** By the words behind the operand. */
export const IS_JSON_TESTS: Readonly<Record<string, ScalarFunction>> = Object.fromEntries(
  Object.keys(KINDS).flatMap((kind) =>
    [false, true].map((negated) => {
      const fn = isJson(kind, negated);
      return [fn.name, fn];
    }),
  ),
);
