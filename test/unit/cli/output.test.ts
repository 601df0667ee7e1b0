import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPrinter } from '../../../src/cli/output/create-printer.ts';
import { fitRight } from '../../../src/cli/output/fit-right.ts';
import type { OutputFormat } from '../../../src/cli/output/result-printer.ts';
import { staticTable } from '../../../src/cli/output/tableau.ts';
import { parseType } from '../../../src/sql/parser.ts';
import type { Row } from '../../../src/types/row.ts';
import { displayWidth } from '../../../src/types/text/display-width.ts';
import { TimestampData } from '../../../src/types/values.ts';

function columns(...pairs: readonly string[]) {
  return pairs.map((pair) => {
    const at = pair.indexOf(' ');
    return { name: pair.slice(0, at), type: parseType(pair.slice(at + 1)).type };
  });
}

async function printed(
  format: OutputFormat,
  fields: readonly string[],
  rows: readonly Row[],
  kinds?: number[],
) {
  const printer = await createPrinter(format, {
    columns: columns(...fields),
    timeZone: 'UTC',
    maxColumnWidth: 30,
  });
  return printer.begin() + printer.rows(rows, kinds ?? null) + printer.end();
}

describe('tableau', () => {
  test('a changelog, as the SQL client shows it', async () => {
    expect(await printed('tableau', ['name STRING', 'age INT'], [['user1', 20]])).toBe(
      `+----+--------------------------------+-------------+
| op |                           name |         age |
+----+--------------------------------+-------------+
| +I |                          user1 |          20 |
+----+--------------------------------+-------------+
Received a total of 1 row
`,
    );
  });

  test('kinds, NULL, cut text, full-width characters', async () => {
    const rows = [
      ['日本語', null],
      ['x'.repeat(40), true],
      [`${'あ'.repeat(14)}bcd`, false],
    ];
    expect(await printed('tableau', ['a STRING', 'b BOOLEAN'], rows, [1, 2, 3])).toBe(
      `+----+--------------------------------+--------+
| op |                              a |      b |
+----+--------------------------------+--------+
| -U |                         日本語 | <NULL> |
| +U | xxxxxxxxxxxxxxxxxxxxxxxxxxx... |   TRUE |
| -D |  ああああああああああああああ... |  FALSE |
+----+--------------------------------+--------+
Received a total of 3 rows
`
        .replace('|  ああ', '|  ああ')
        .replace('ああああああああああああああ...', 'あああああああああああああ...'),
    );
  });

  test('no rows', async () => {
    expect(await printed('tableau', ['a INT'], [])).toMatch(/\+\nReceived a total of 0 row\n$/);
  });

  test.each([
    ['TINYINT', 6],
    ['SMALLINT', 6],
    ['INT', 11],
    ['BIGINT', 20],
    ['DECIMAL(10, 2)', 12],
    ['BOOLEAN', 6],
    ['DATE', 10],
    ['TIME', 8],
    ['TIME(3)', 12],
    ['TIMESTAMP(0)', 19],
    ['TIMESTAMP(3)', 23],
    ['TIMESTAMP_LTZ(6)', 26],
    ['TIMESTAMP(9)', 29],
    ['DOUBLE', 30],
    ['ARRAY<INT>', 30],
  ])('%s is %i wide', async (type, width) => {
    const head = (await printed('tableau', [`a ${type}`], [])).split('\n')[0];
    expect(head).toBe(`+----+${'-'.repeat(width + 2)}+`);
  });

  test('a finished result takes the width of its content', () => {
    expect(staticTable(columns('table_name STRING'), [['t'], ['a_long_table']], 'UTC')).toBe(
      `+--------------+
|   table_name |
+--------------+
|            t |
| a_long_table |
+--------------+
2 rows in set
`,
    );
    expect(staticTable(columns('a STRING'), [[null]], 'UTC')).toContain('|   |\n');
    expect(staticTable(columns('a STRING'), [], 'UTC')).toBe('Empty set\n');
  });
});

describe('csv', () => {
  test('header, op, quotes, NULL and the empty string', async () => {
    const rows = [
      ['a', null],
      ['', 'x,"y"'],
      ['1\n2', 'plain text'],
    ];
    expect(await printed('csv', ['a STRING', 'b STRING'], rows, [0, 2, 3])).toBe(
      'op,a,b\n+I,a,\n+U,"","x,""y"""\n-D,"1\n2",plain text\n',
    );
  });

  test('values as the SQL client prints them', async () => {
    const fields = ['b BOOLEAN', 'd DOUBLE', 'm MAP<STRING, INT>', 'c DECIMAL(5, 2)'];
    expect(await printed('csv', fields, [[true, 1e7, new Map([['k', 1]]), new Big('1.5')]])).toBe(
      'op,b,d,m,c\n+I,TRUE,1.0E7,{k=1},1.50\n',
    );
  });
});

describe('json', () => {
  test('a line a change; numbers exact, structures nested', async () => {
    const fields = [
      'i INT',
      'l BIGINT',
      'd DECIMAL(20, 2)',
      'f DOUBLE',
      's STRING',
      'n STRING',
      'y BYTES',
      'ts TIMESTAMP(3)',
      'a ARRAY<INT>',
      'r ROW<x INT, y STRING>',
      'm MAP<STRING, BIGINT>',
    ];
    const row = [
      1,
      9007199254740993n,
      new Big('123456789012345678.90'),
      Number.NaN,
      'a"é\n',
      null,
      Buffer.from('ab'),
      new TimestampData(Date.UTC(2020, 0, 2, 3, 4, 5, 120)),
      [1, null],
      [1, 'q'],
      new Map([['k', 9007199254740993n]]),
    ];
    const text = await printed('json', fields, [row], [2]);
    expect(text).toBe(
      '{"op":"+U","row":{"i":1,"l":9007199254740993,"d":123456789012345678.90,"f":"NaN","s":"a\\"é\\n","n":null,' +
        '"y":"YWI=","ts":"2020-01-02 03:04:05.120","a":[1,null],"r":{"x":1,"y":"q"},"m":{"k":9007199254740993}}}\n',
    );
    expect(() => JSON.parse(text)).not.toThrow();
  });
});

test('text is never wider than its column', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 40 }), (text, width) => {
      expect(displayWidth(fitRight(text, width))).toBe(width);
    }),
  );
});
