// Functions on maps, and all functions on collections together.
import { DataError } from '../../../types/errors.ts';
import {
  type ArrayType,
  type LogicalType,
  type MapType,
  typeToString,
  withNullable,
} from '../../../types/logical-type.ts';
import type { ScalarFunction } from '../../rex.ts';
import { exactly, invalidCall } from '../conditional.ts';
import { define, strict } from '../define.ts';
import { STRING_T } from '../types.ts';
import { ARRAY_FUNCTIONS } from './arrays.ts';
import { commonOf, keyFinder, type Values } from './constructors.ts';

function mapFunction(
  name: string,
  doc: string,
  result: (map: MapType) => LogicalType,
  body: (map: ReadonlyMap<unknown, unknown>) => unknown,
): ScalarFunction {
  return define({
    name,
    doc,
    forms: [['MAP']],
    result: ([map]) => result(map as MapType),
    fn: body,
  });
}

const array = (element: LogicalType): LogicalType => ({ root: 'ARRAY', element, nullable: false });

const MAP_UNION: ScalarFunction = {
  name: 'MAP_UNION',
  doc: 'MAP_UNION(a, b, …): the entries of all; a later map wins.',
  bind: (operands) => {
    const { type, operands: cast } = commonOf(operands, 'MAP_UNION');
    if (type.root !== 'MAP') throw invalidCall('MAP_UNION', operands, 'All arguments must be maps.');
    return { operands: cast, type };
  },
  compile: (args, call) => {
    const find = keyFinder((call.type as MapType).key);
    return strict((...maps) => {
      const out = new Map<unknown, unknown>();
      for (const map of maps as ReadonlyMap<unknown, unknown>[]) {
        for (const [k, v] of map) out.set(find?.(out, k) ?? k, v);
      }
      return out;
    }, args);
  },
};

const MAP_FROM_ARRAYS = define({
  name: 'MAP_FROM_ARRAYS',
  doc: 'MAP_FROM_ARRAYS(keys, values): a map.',
  forms: [['ARRAY', 'ARRAY']],
  result: ([keys, values]) => ({
    root: 'MAP',
    key: (keys as ArrayType).element,
    value: (values as ArrayType).element,
    nullable: false,
  }),
  fn: (keys: Values, values: Values) => {
    if (keys.length !== values.length) {
      throw new DataError(
        `Invalid function MAP_FROM_ARRAYS call:\nThe length of the keys array ${keys.length} is not equal to the length of the values array ${values.length}`,
      );
    }
    return new Map(keys.map((k, i) => [k, values[i]]));
  },
});

export const COLLECTION_FUNCTIONS: readonly ScalarFunction[] = [
  ...ARRAY_FUNCTIONS,
  mapFunction(
    'MAP_KEYS',
    'MAP_KEYS(map): its keys.',
    (m) => array(m.key),
    (m) => [...m.keys()],
  ),
  mapFunction(
    'MAP_VALUES',
    'MAP_VALUES(map): its values.',
    (m) => array(m.value),
    (m) => [...m.values()],
  ),
  mapFunction(
    'MAP_ENTRIES',
    'MAP_ENTRIES(map): its entries as rows of key and value.',
    (m) =>
      array({
        root: 'ROW',
        fields: [
          { name: 'key', type: m.key },
          { name: 'value', type: m.value },
        ],
        nullable: false,
      }),
    (m) => [...m],
  ),
  MAP_UNION,
  MAP_FROM_ARRAYS,
  {
    name: 'TYPEOF',
    doc: 'TYPEOF(value [, full]): the type of the value as text.',
    bind: (operands) => {
      exactly('TYPEOF', operands, 1, 2);
      return { operands, type: withNullable(STRING_T, true) };
    },
    compile: (_args, call) => {
      const text = typeToString(call.operands[0]!.type);
      return () => text;
    },
  },
];
