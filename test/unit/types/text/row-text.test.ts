import Big from 'big.js';
import { expect, test } from 'vitest';
import { BYTES, DOUBLE, INT, type LogicalType, STRING } from '../../../../src/types/logical-type.ts';
import { RowKind } from '../../../../src/types/row.ts';
import { rowToString, valueToString } from '../../../../src/types/text/row-text.ts';
import { TimestampData } from '../../../../src/types/values.ts';

test('a row with its kind', () => {
  const schema = {
    fields: [
      { name: 'a', type: INT },
      { name: 'b', type: STRING },
    ],
  };
  expect(rowToString([1, 'a'], RowKind.INSERT, schema)).toBe('+I[1, a]');
  expect(rowToString([null, ''], RowKind.DELETE, schema)).toBe('-D[null, ]');
});

const nullable = true;
const values: [LogicalType, unknown, string][] = [
  [DOUBLE, 1e7, '1.0E7'],
  [{ root: 'DECIMAL', precision: 10, scale: 2, nullable }, new Big('1.5'), '1.50'],
  [{ root: 'DATE', nullable }, 18_263, '2020-01-02'],
  [{ root: 'TIME', precision: 0, nullable }, 11_040_000, '03:04'],
  [
    { root: 'TIMESTAMP', precision: 3, nullable },
    new TimestampData(1_577_934_245_120),
    '2020-01-02T03:04:05.120',
  ],
  [{ root: 'TIMESTAMP_LTZ', precision: 3, nullable }, new TimestampData(0), '1970-01-01T00:00:00Z'],
  [BYTES, Uint8Array.of(97, 255), '[97, -1]'],
  [{ root: 'ARRAY', element: STRING, nullable }, ['p', null], '[p, null]'],
  [{ root: 'MAP', key: STRING, value: INT, nullable }, new Map([['m', 1]]), '{m=1}'],
  [{ root: 'ROW', fields: [{ name: 'x', type: INT }], nullable }, [1], '+I[1]'],
  [{ root: 'INTERVAL_DAY_TIME', nullable }, 93_784_500, 'PT26H3M4.5S'],
  [{ root: 'INTERVAL_YEAR_MONTH', nullable }, 14, 'P1Y2M'],
];
test.each(values)('%j', (type, value, text) => expect(valueToString(value, type)).toBe(text));
