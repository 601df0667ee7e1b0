// Functions on arrays.
import { DataError } from '../../../types/errors.ts';
import { type ArrayType, type LogicalType, withNullable } from '../../../types/logical-type.ts';
import { castTo } from '../../cast.ts';
import type { Compiled, FunctionCall, Rex, ScalarFunction } from '../../rex.ts';
import { leastRestrictive } from '../../types/common-type.ts';
import { belongsTo } from '../../types/families.ts';
import { compareOf, equalsOf } from '../compare.ts';
import { exactly, invalidCall } from '../conditional.ts';
import { define, strict } from '../define.ts';
import { BOOLEAN_T, INT_T, STRING_T } from '../types.ts';
import { type Body, commonOf, nullable, type Values } from './constructors.ts';

/** Equality of elements where NULL equals NULL. */
function elementEquals(type: LogicalType): (a: unknown, b: unknown) => boolean {
  const equal = equalsOf(type) as (a: unknown, b: unknown) => boolean;
  return (a, b) => (a === null || b === null ? a === b : a === b || equal(a, b));
}

function elementOf(call: FunctionCall): LogicalType {
  return (call.operands[0]!.type as ArrayType).element;
}

interface ArrayFunction {
  readonly name: string;
  readonly doc: string;
  /** What the arguments behind the first array are. */
  readonly rest: readonly ('element' | 'array' | 'integer' | 'boolean' | 'string')[];
  readonly optional?: number;
  readonly result: (array: ArrayType, element: LogicalType) => LogicalType;
  /** `strict`: not called with a NULL among the arguments; else only the first array is never NULL. */
  readonly strict?: boolean;
  readonly body: (element: LogicalType) => (array: Values, ...rest: never[]) => unknown;
}

function arrayFunction(f: ArrayFunction): ScalarFunction {
  const counts = Array.from({ length: (f.optional ?? 0) + 1 }, (_, i) => f.rest.length + 1 - i).reverse();
  return {
    name: f.name,
    doc: f.doc,
    bind: (operands) => bindArray(f, counts, operands),
    compile: (args, call) => {
      const body = f.body(elementOf(call)) as Body;
      if (f.strict === true) return strict(body, args);
      const [first, ...rest] = args as readonly [Compiled, ...Compiled[]];
      return (row) => {
        const array = first(row);
        return array === null ? null : body(array, ...rest.map((arg) => arg(row)));
      };
    },
  };
}

function bindArray(f: ArrayFunction, counts: readonly number[], operands: readonly Rex[]): FunctionCall {
  exactly(f.name, operands, ...counts);
  const refuse = () =>
    invalidCall(f.name, operands, `Unsupported argument type. Expected signatures are: ${signature(f)}`);
  const first = operands[0]!;
  if (first.type.root !== 'ARRAY') throw refuse();
  const others = operands.slice(1);
  const shared = others.filter((_, i) => f.rest[i] === 'element' || f.rest[i] === 'array');
  const elements = shared.map((o) =>
    o.type.root === 'ARRAY' && f.rest[others.indexOf(o)] === 'array' ? o.type.element : o.type,
  );
  const element = leastRestrictive([first.type.element, ...elements]);
  if (element === undefined) throw refuse();
  const arrayType: ArrayType = { root: 'ARRAY', element, nullable: first.type.nullable };
  const cast = others.map((o, i) => {
    switch (f.rest[i]) {
      case 'element':
        return castTo(o, element, { implicit: true });
      case 'array':
        if (o.type.root !== 'ARRAY') throw refuse();
        return castTo(o, arrayType, { implicit: true });
      case 'integer':
        if (!belongsTo(o.type, 'INTEGER')) throw refuse();
        return castTo(o, INT_T, { implicit: true });
      default:
        if (!belongsTo(o.type, f.rest[i] === 'boolean' ? 'BOOLEAN' : 'CHARACTER')) throw refuse();
        return o;
    }
  });
  const all = [castTo(first, arrayType, { implicit: true }), ...cast];
  const isNullable = f.strict === true ? all.some((o) => o.type.nullable) : first.type.nullable;
  const result = f.result(arrayType, element);
  return { operands: all, type: withNullable(result, isNullable || result.nullable) };
}

function signature(f: ArrayFunction): string {
  return `${f.name}(${['<ARRAY>', ...f.rest.map((r) => `<${r.toUpperCase()}>`)].join(', ')})`;
}

const sameArray = (array: ArrayType): LogicalType => withNullable(array, false);

function distinct(values: Values, equal: (a: unknown, b: unknown) => boolean): unknown[] {
  const out: unknown[] = [];
  for (const v of values) if (!out.some((o) => equal(o, v))) out.push(v);
  return out;
}

function extremeOf(sign: 1 | -1): ArrayFunction['body'] {
  return (type) => {
    const compare = compareOf(type) as (a: unknown, b: unknown) => number;
    return (array: Values) => {
      let best: unknown = null;
      for (const v of array) if (v !== null && (best === null || compare(v, best) * sign > 0)) best = v;
      return best;
    };
  };
}

/** Positions count from 1, below 0 from the end; `end` is included. */
function slice(array: Values, start: number | null, end: number | null = array.length): Values | null {
  if (start === null || end === null) return null;
  const from = start > 0 ? start - 1 : start < 0 ? array.length + start : 0;
  const to = end > 0 ? end : end < 0 ? array.length + end + 1 : 1;
  return from >= to ? [] : array.slice(Math.max(0, from), to);
}

function sorted(
  type: LogicalType,
): (array: Values, ascending?: boolean | null, nullsFirst?: boolean | null) => unknown {
  const compare = compareOf(type) as (a: unknown, b: unknown) => number;
  return (array, ascending = true, nullsFirst = ascending) => {
    if (ascending === null || nullsFirst === null) return null;
    const values = array
      .filter((v) => v !== null)
      .sort((a, b) => (ascending ? compare(a, b) : compare(b, a)));
    const nulls = array.filter((v) => v === null);
    return nullsFirst ? [...nulls, ...values] : [...values, ...nulls];
  };
}

const DEFINITIONS: readonly ArrayFunction[] = [
  {
    name: 'ARRAY_CONTAINS',
    doc: 'ARRAY_CONTAINS(array, x): whether x is in it; NULL can be looked for too.',
    rest: ['element'],
    result: () => BOOLEAN_T,
    body: (type) => {
      const equal = elementEquals(type);
      return (array: Values, x: unknown) => array.some((v) => equal(v, x));
    },
  },
  {
    name: 'ARRAY_POSITION',
    doc: 'ARRAY_POSITION(array, x): where x first stands, from 1; 0 when it does not.',
    rest: ['element'],
    result: () => INT_T,
    strict: true,
    body: (type) => {
      const equal = elementEquals(type);
      return (array: Values, x: unknown) => array.findIndex((v) => equal(v, x)) + 1;
    },
  },
  {
    name: 'ARRAY_DISTINCT',
    doc: 'ARRAY_DISTINCT(array): without repeated elements.',
    rest: [],
    result: sameArray,
    body: (type) => (array: Values) => distinct(array, elementEquals(type)),
  },
  {
    name: 'ARRAY_REMOVE',
    doc: 'ARRAY_REMOVE(array, x): without the elements that equal x.',
    rest: ['element'],
    result: sameArray,
    body: (type) => {
      const equal = elementEquals(type);
      return (array: Values, x: unknown) => array.filter((v) => !equal(v, x));
    },
  },
  {
    name: 'ARRAY_REVERSE',
    doc: 'ARRAY_REVERSE(array): backwards.',
    rest: [],
    result: sameArray,
    body: () => (array: Values) => [...array].reverse(),
  },
  {
    name: 'ARRAY_SLICE',
    doc: 'ARRAY_SLICE(array, start [, end]): the elements from start to end, from 1; below 0 from the end.',
    rest: ['integer', 'integer'],
    optional: 1,
    result: sameArray,
    strict: true,
    body: () => slice,
  },
  {
    name: 'ARRAY_SORT',
    doc: 'ARRAY_SORT(array [, ascending [, nullsFirst]]): sorted.',
    rest: ['boolean', 'boolean'],
    optional: 2,
    result: sameArray,
    strict: true,
    body: sorted,
  },
  {
    name: 'ARRAY_APPEND',
    doc: 'ARRAY_APPEND(array, x): with x at the end.',
    rest: ['element'],
    result: sameArray,
    body: () => (array: Values, x: unknown) => [...array, x],
  },
  {
    name: 'ARRAY_PREPEND',
    doc: 'ARRAY_PREPEND(array, x): with x at the start.',
    rest: ['element'],
    result: sameArray,
    body: () => (array: Values, x: unknown) => [x, ...array],
  },
  {
    name: 'ARRAY_UNION',
    doc: 'ARRAY_UNION(a, b): the elements of both, each once.',
    rest: ['array'],
    result: sameArray,
    strict: true,
    body: (type) => (a: Values, b: Values) => distinct([...a, ...b], elementEquals(type)),
  },
  {
    name: 'ARRAY_EXCEPT',
    doc: 'ARRAY_EXCEPT(a, b): the elements of a that are not in b, each once.',
    rest: ['array'],
    result: sameArray,
    strict: true,
    body: (type) => {
      const equal = elementEquals(type);
      return (a: Values, b: Values) =>
        distinct(
          a.filter((v) => !b.some((w) => equal(v, w))),
          equal,
        );
    },
  },
  {
    name: 'ARRAY_INTERSECT',
    doc: 'ARRAY_INTERSECT(a, b): the elements of a that are also in b, each once.',
    rest: ['array'],
    result: sameArray,
    strict: true,
    body: (type) => {
      const equal = elementEquals(type);
      return (a: Values, b: Values) =>
        distinct(
          a.filter((v) => b.some((w) => equal(v, w))),
          equal,
        );
    },
  },
  {
    name: 'ARRAY_MAX',
    doc: 'ARRAY_MAX(array): the greatest element; NULLs do not count.',
    rest: [],
    result: (_array, element) => nullable(element),
    body: extremeOf(1),
  },
  {
    name: 'ARRAY_MIN',
    doc: 'ARRAY_MIN(array): the least element; NULLs do not count.',
    rest: [],
    result: (_array, element) => nullable(element),
    body: extremeOf(-1),
  },
  {
    name: 'ARRAY_JOIN',
    doc: 'ARRAY_JOIN(array, separator [, forNull]): the elements in a row; NULLs are left out, or replaced.',
    rest: ['string', 'string'],
    optional: 1,
    result: () => STRING_T,
    strict: true,
    body: () => (array: Values, separator: string, forNull?: string) =>
      array.flatMap((v) => (v === null ? (forNull === undefined ? [] : [forNull]) : [v])).join(separator),
  },
];

const ARRAY_CONCAT: ScalarFunction = {
  name: 'ARRAY_CONCAT',
  doc: 'ARRAY_CONCAT(a, b, …): the elements of all.',
  bind: (operands) => {
    if (operands.length === 0) throw invalidCall('ARRAY_CONCAT', operands, 'At least 1 argument expected.');
    const { type, operands: cast } = commonOf(operands, 'ARRAY_CONCAT');
    if (type.root !== 'ARRAY') throw invalidCall('ARRAY_CONCAT', operands, 'All arguments must be arrays.');
    return { operands: cast, type };
  },
  compile: (args) => strict((...arrays) => (arrays as Values[]).flat(), args),
};

const CARDINALITY = define({
  name: 'CARDINALITY',
  doc: 'CARDINALITY(array | map): the number of elements.',
  forms: [['ARRAY'], ['MAP'], ['MULTISET']],
  result: INT_T,
  fn: (value: Values | ReadonlyMap<unknown, unknown>) => ('size' in value ? value.size : value.length),
});

const ELEMENT = define({
  name: 'ELEMENT',
  doc: 'ELEMENT(array): its only element; NULL when it is empty, an error when there are more.',
  forms: [['ARRAY'], ['MULTISET']],
  result: ([array]) => (array as ArrayType).element,
  fn: (value: Values) => {
    if (value.length > 1) throw new DataError('Array has more than one element.');
    return value[0] ?? null;
  },
});

export const ARRAY_FUNCTIONS: readonly ScalarFunction[] = [
  CARDINALITY,
  ELEMENT,
  ...DEFINITIONS.map(arrayFunction),
  ARRAY_CONCAT,
];
