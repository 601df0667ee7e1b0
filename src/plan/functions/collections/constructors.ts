// ARRAY, MAP and ROW: constructors and access.
import { ValidationError } from '../../../types/errors.ts';
import { type LogicalType, type MapType, typeToString, withNullable } from '../../../types/logical-type.ts';
import { castTo } from '../../cast.ts';
import type { Rex, ScalarFunction } from '../../rex.ts';
import { leastRestrictive } from '../../types/common-type.ts';
import { belongsTo } from '../../types/families.ts';
import { equalsOf, isPlainlyOrdered } from '../compare.ts';
import { constant, strict } from '../define.ts';
import { INT_T } from '../types.ts';

export type Values = readonly unknown[];
export type Body = (...v: unknown[]) => unknown;

export const nullable = (type: LogicalType) => withNullable(type, true);

// -------------------------------------------------------------------------------------------------------- constructors

export function commonOf(operands: readonly Rex[], what: string): { type: LogicalType; operands: Rex[] } {
  const type = leastRestrictive(operands.map((o) => o.type));
  if (type === undefined) throw new ValidationError(`Parameters must be of the same type in ${what}`);
  return { type, operands: operands.map((o) => castTo(o, type, { implicit: true })) };
}

export const ARRAY_CONSTRUCTOR: ScalarFunction = {
  name: 'ARRAY',
  doc: 'ARRAY[a, b, …]: an array.',
  bind: (operands) => {
    const { type, operands: cast } = commonOf(operands, 'ARRAY');
    return { operands: cast, type: { root: 'ARRAY', element: type, nullable: false } };
  },
  compile: (args) => (row) => args.map((arg) => arg(row)),
  print: (args) => `ARRAY(${args.join(', ')})`,
};

/** Operands: keys and values in turn. */
export const MAP_CONSTRUCTOR: ScalarFunction = {
  name: 'MAP',
  doc: 'MAP[k, v, …]: a map.',
  bind: (operands) => {
    const keys = commonOf(
      operands.filter((_, i) => i % 2 === 0),
      'MAP',
    );
    const values = commonOf(
      operands.filter((_, i) => i % 2 === 1),
      'MAP',
    );
    return {
      operands: operands.map((_, i) => (i % 2 === 0 ? keys : values).operands[i >> 1]!),
      type: { root: 'MAP', key: keys.type, value: values.type, nullable: false },
    };
  },
  compile: (args, call) => {
    const find = keyFinder((call.type as MapType).key);
    return (row) => {
      const map = new Map<unknown, unknown>();
      for (let i = 0; i < args.length; i += 2) {
        const key = args[i]!(row);
        map.set(find === undefined ? key : (find(map, key) ?? key), args[i + 1]!(row));
      }
      return map;
    };
  },
  print: (args) => `MAP(${args.join(', ')})`,
};

export const ROW_CONSTRUCTOR: ScalarFunction = {
  name: 'ROW',
  doc: 'ROW(a, b, …): a row; its fields are EXPR$0, EXPR$1, ….',
  bind: (operands) => ({
    operands,
    type: {
      root: 'ROW',
      fields: operands.map((o, i) => ({ name: `EXPR$${i}`, type: o.type })),
      nullable: false,
    },
  }),
  compile: (args) => (row) => args.map((arg) => arg(row)),
};

// -------------------------------------------------------------------------------------------------------------- access

/** Finds the key object that equals a key, for types whose values compare by identity; undefined where `Map.get` does. */
export function keyFinder(
  type: LogicalType,
): ((map: ReadonlyMap<unknown, unknown>, key: unknown) => unknown) | undefined {
  if (isPlainlyOrdered(type)) return undefined;
  const equal = equalsOf(type) as (a: unknown, b: unknown) => boolean;
  return (map, key) => {
    for (const k of map.keys()) if (k === key || (k !== null && key !== null && equal(k, key))) return k;
    return undefined;
  };
}

function checkIndex(index: Rex): void {
  const value = constant(index);
  if ((typeof value === 'number' || typeof value === 'bigint') && value < 1) {
    throw new ValidationError(`Array element access needs an index starting at 1 but was ${value}.`);
  }
}

export const ITEM: ScalarFunction = {
  name: 'ITEM',
  doc: 'array[n]: the nth element, from 1; map[key]: its value. NULL when there is none.',
  bind: ([operand, index]) => {
    const [value, key] = [operand!, index!];
    if (value.type.root === 'ARRAY') {
      if (!belongsTo(key.type, 'INTEGER')) throw itemError(value, key);
      checkIndex(key);
      const int = castTo(key, INT_T, { implicit: true });
      return { operands: [value, int], type: nullable(value.type.element) };
    }
    if (value.type.root === 'MAP') {
      const type = value.type.key;
      if (leastRestrictive([type, key.type]) === undefined) throw itemError(value, key);
      return { operands: [value, castTo(key, type, { implicit: true })], type: nullable(value.type.value) };
    }
    throw itemError(value, key);
  },
  compile: (args, call) => {
    const { type } = call.operands[0]!;
    if (type.root === 'ARRAY') {
      return strict(((array: Values, n: number) => array[n - 1] ?? null) as Body, args);
    }
    const find = keyFinder((type as MapType).key);
    if (find === undefined) {
      return strict(
        ((map: ReadonlyMap<unknown, unknown>, key: unknown) => map.get(key) ?? null) as Body,
        args,
      );
    }
    return strict(
      ((map: ReadonlyMap<unknown, unknown>, key: unknown) => map.get(find(map, key)) ?? null) as Body,
      args,
    );
  },
  print: (args) => `ITEM(${args.join(', ')})`,
};

function itemError(value: Rex, key: Rex): ValidationError {
  return new ValidationError(
    `Cannot apply 'ITEM' to arguments of type 'ITEM(<${typeToString(nullable(value.type))}>, <${typeToString(nullable(key.type))}>)'. Supported form(s): <ARRAY>[<INTEGER>]\n<MAP>[<ANY>]`,
  );
}
