import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExpression, parseStatement, parseStatements, parseType } from '../../../src/sql/parser.ts';
import { printExpression, printStatement, printType } from '../../../src/sql/printer.ts';
import { DreyError, SqlParserError } from '../../../src/types/errors.ts';
import { withoutSpans } from './support.ts';

const data = new URL('../../data/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, data), 'utf8');

interface Recorded {
  readonly sql: string;
  /** The first line of Flink's error when Flink does not parse the statement. */
  readonly error?: string;
}
const recorded = read('sql/flink-statements.jsonl')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);

function failure(run: () => unknown): DreyError {
  try {
    run();
  } catch (error) {
    if (error instanceof DreyError) return error;
    throw error;
  }
  throw new Error('no error');
}

describe('statements that Flink accepts', () => {
  test(`all ${recorded.filter((r) => r.error === undefined).length} recorded ones`, () => {
    for (const { sql, error } of recorded) {
      if (error === undefined)
        expect(parseStatements(sql), sql).toMatchObject({ statements: [{}], errors: [] });
    }
  });

  test('printed and parsed again they are the same', () => {
    for (const { sql, error } of recorded) {
      if (error !== undefined) continue;
      const statement = parseStatement(sql);
      expect(withoutSpans(parseStatement(printStatement(statement))), sql).toEqual(withoutSpans(statement));
    }
  });

  test.each(readdirSync(new URL('page-examples/', data)))('page example %s', (name) => {
    const { statements, errors } = parseStatements(read(`page-examples/${name}`));
    expect(errors).toEqual([]);
    expect(statements.length).toBeGreaterThanOrEqual(3);
  });

  test('the syntax block of the page, with a comment behind the key', () => {
    const sql = `CREATE TABLE redis_table (
      col1 STRING,
      col2 STRING,
      PRIMARY KEY (col1) NOT ENFORCED -- Required.
    ) WITH (
      'connector' = 'redis',
      'host' = '<yourHost>',
      'mode' = 'STRING' -- Required for sink tables.
    );`;
    expect(parseStatement(sql)).toMatchObject({
      kind: 'createTable',
      columns: [{ name: { value: 'col1' } }, { name: { value: 'col2' } }],
      constraints: [{ type: 'PRIMARY KEY', columns: [{ value: 'col1' }], enforced: false }],
      options: [{ key: 'connector', value: 'redis' }, { key: 'host' }, { key: 'mode', value: 'STRING' }],
    });
  });
});

describe('statements that Flink refuses', () => {
  test.each(recorded.filter((r) => r.error !== undefined && !r.sql.startsWith('SHOW')))(
    '$sql',
    ({ sql, error }) => {
      const [first] = parseStatements(sql).errors;
      const sentence = error?.replace(/^From line \d+, column \d+ to line \d+, column \d+: /, '');
      expect(first?.message.split('\n')[0]).toBe(sentence);
    },
  );

  test('what was expected is listed', () => {
    const { message, hint } = failure(() => parseStatement('SELECT * FORM x'));
    expect(message).toMatchInlineSnapshot(`
      "SQL parse failed. Encountered "x" at line 1, column 15.
      Was expecting one of:
          <EOF> 
          "EXCEPT" ...
          "FETCH" ...
          "FROM" ...
          "INTERSECT" ...
          "LIMIT" ...
          "MINUS" ...
          "OFFSET" ...
          "ORDER" ...
          "UNION" ...
          "," ...
          ";" ...
          "
    `);
    expect(hint).toBe('Did you mean FROM instead of FORM?');
  });

  test.each([
    [
      'CREATE TABLE t (value STRING)',
      `Incorrect syntax near the keyword 'value' at line 1, column 17.`,
      'VALUE is a reserved word; as a name it is written `value`',
    ],
    ['CREATE TABEL t (a INT)', 'Encountered "TABEL" at line 1, column 8.', 'Did you mean TABLE?'],
    ['SELECT a, FROM t', `Incorrect syntax near the keyword 'FROM' at line 1, column 11.`, undefined],
    ['SELECT (a', 'Encountered "<EOF>" at line 1, column 10.', undefined],
    [
      "SELECT 'open",
      `Lexical error at line 1, column 8.  Encountered: "'" (39)`,
      "The string that starts here is not closed with '",
    ],
    [
      'SELECT "a" FROM t',
      'Lexical error at line 1, column 8.',
      "Use single quotes for strings ('...') and backticks for identifiers (`...`)",
    ],
    [
      'SELECT INTERVAL 5 DAY',
      'Encountered "5" at line 1, column 17.',
      "An interval's value stands in quotes: INTERVAL '5' SECOND",
    ],
    ['SELECT 1 WHERE TRUE', "Incorrect syntax near the keyword 'WHERE' at line 1, column 10.", undefined],
    [
      "SELECT 'a' 'b'",
      `Encountered "'b'" at line 1, column 12.`,
      'A string literal can only be continued on the next line',
    ],
    ['SELEC 1', 'Non-query expression encountered in illegal context', 'Did you mean SELECT?'],
    ['SELECT * x FROM t', 'Encountered "x" at line 1, column 10.', 'A * cannot have an alias'],
    [
      "CREATE TABLE t (a INT) WITH ('password' 'geheim')",
      `Encountered "'******'" at line 1, column 41.`,
      undefined,
    ],
    [
      'EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1;',
      'Encountered "<EOF>" at line 1, column 52.',
      'A statement set ends with END;',
    ],
  ])('%s', (sql, message, hint) => {
    const error = failure(() => parseStatement(sql));
    expect(error).toBeInstanceOf(SqlParserError);
    expect(error.message).toContain(message);
    if (hint !== undefined) expect(error.hint).toBe(hint);
  });

  test('an unknown type is named with what is near', () => {
    const error = failure(() => parseStatement('CREATE TABLE z (a STRNG)'));
    expect(error).toMatchObject({
      message: "Unknown identifier 'STRNG'",
      hint: 'Did you mean STRING?',
      span: { line: 1, column: 19, endColumn: 23 },
    });
  });

  test.each([
    ['DECIMAL(39, 2)', 'Decimal precision must be between 1 and 38 (both inclusive), but was 39.'],
    ['DECIMAL(5, 6)', 'Decimal scale must be between 0 and 5 (both inclusive), but was 6.'],
    ['TIMESTAMP(10)', 'TIMESTAMP precision must be between 0 and 9 (both inclusive), but was 10.'],
    ['CHAR(0)', 'Length must be between 1 and 2147483647 (both inclusive), but was 0.'],
  ])('type %s', (sql, message) => {
    expect(failure(() => parseType(sql)).message).toBe(message);
  });

  test('deep nesting is an error, not a crash', () => {
    const sql = `SELECT ${'('.repeat(5000)}1${')'.repeat(5000)}`;
    expect(failure(() => parseStatement(sql)).hint).toBe('Expressions may be nested at most 400 levels deep');
  });
});

describe('scripts', () => {
  test('an error ends its statement only', () => {
    const { statements, errors } = parseStatements(`
      CREATE TABLE a (x INT);
      CREATE TABLE b (x INT,, y INT);;
      -- a comment; with a semicolon
      INSERT INTO a SELEKT 1;
      SELECT ';' AS s, \`a;b\` FROM a /* ; */;
      SELECT 1 1
    `);
    expect(statements.map((s) => s.kind)).toEqual(['createTable', 'queryStatement']);
    expect(errors.map((e) => `${e.span?.line}:${e.span?.column}`)).toEqual(['3:29', '5:21', '7:16']);
  });

  test('an error in a statement set leaves its other statements', () => {
    const { statements, errors } = parseStatements(`BEGIN STATEMENT SET;
      INSERT INTO a SELECT * FROM t;
      INSERT INTO b SELECT FROM t;
      INSERT INTO c SELECT * FROM;
      END;
      SHOW TABLES`);
    expect(statements).toMatchObject([
      { kind: 'statementSet', inserts: [{}] },
      { kind: 'show', what: 'TABLES' },
    ]);
    expect(errors.map((e) => e.span?.line)).toEqual([3, 4]);
  });

  test('nothing that is not a DreyError comes out, whatever goes in', () => {
    const word = fc.constantFrom(
      ..."SELECT FROM ( ) , . * a `b` 1 's' AS CASE WHEN THEN END ; CREATE TABLE WITH = < > INSERT INTO BEGIN STATEMENT SET JOIN ON IN NOT BETWEEN AND [ ] /*+ */ INTERVAL DAY ROW CAST".split(
        ' ',
      ),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        const { errors } = parseStatements(words.join(' '));
        for (const error of errors) expect(error).toBeInstanceOf(DreyError);
      }),
      { numRuns: 500 },
    );
  });

  test('exactly one statement where one is asked for', () => {
    expect(failure(() => parseStatement(' ;')).message).toBe(
      'SQL parse failed. The text holds no statement.',
    );
    expect(failure(() => parseStatement('USE a; USE b')).span).toMatchObject({ column: 8 });
  });
});

describe('spans', () => {
  test('from the first to the last character, 1-based and inclusive', () => {
    const statement = parseStatement("SELECT\n  a + b AS c\nFROM t WHERE x = 'é'");
    if (statement.kind !== 'queryStatement' || statement.query.body.kind !== 'select')
      throw new Error('no select');
    const select = statement.query.body;
    expect(select.items[0]?.expression.span).toEqual({
      line: 2,
      column: 3,
      endLine: 2,
      endColumn: 7,
      start: 9,
      end: 14,
    });
    expect(select.where?.span).toMatchObject({ line: 3, column: 14, endColumn: 20 });
    expect(statement.span).toMatchObject({ line: 1, column: 1, endLine: 3, endColumn: 20 });
  });

  test('Windows line ends count once', () => {
    expect(parseStatements('USE a;\r\n\r\nUSE b').statements[1]?.span).toMatchObject({ line: 3, column: 1 });
  });

  test('keys and values of options have their own', () => {
    const statement = parseStatement("SET 'a.b' = 'c'");
    expect(statement).toMatchObject({
      option: { keySpan: { column: 5, endColumn: 9 }, valueSpan: { column: 13 } },
    });
  });
});

describe('precedence', () => {
  test.each([
    ['a OR b AND NOT c', '`a` OR (`b` AND (NOT `c`))'],
    ['NOT a = b', 'NOT (`a` = `b`)'],
    ['a = b IS NULL', '(`a` = `b`) IS NULL'],
    ['a + b * c', '`a` + (`b` * `c`)'],
    ['a - b - c', '(`a` - `b`) - `c`'],
    ['a || b || c', '(`a` || `b`) || `c`'],
    ['a + b || c', '`a` + (`b` || `c`)'],
    ['-a * b', '(-`a`) * `b`'],
    ['a < b + 1', '`a` < (`b` + 1)'],
    ['a BETWEEN 1 AND 2 AND c', '(`a` BETWEEN ASYMMETRIC 1 AND 2) AND `c`'],
    ["a || b LIKE 'x%'", "(`a` || `b`) LIKE 'x%'"],
    ['a = b LIKE c', '`a` = (`b` LIKE `c`)'],
    ['a IS DISTINCT FROM b OR c', '(`a` IS DISTINCT FROM `b`) OR `c`'],
    ['a NOT IN (1, 2) = TRUE', '(`a` NOT IN (1, 2)) = TRUE'],
  ])('%s is %s', (sql, explicit) => {
    expect(withoutSpans(parseExpression(sql))).toEqual(withoutSpans(parseExpression(explicit)));
  });
});

describe('shapes', () => {
  test.each<[string, object]>([
    ['a.b.c', { kind: 'column', parts: [{ value: 'a' }, { value: 'b' }, { value: 'c' }] }],
    ['f(x).a', { kind: 'field', operand: { kind: 'call' }, name: { value: 'a' } }],
    ["m['k'][1]", { kind: 'item', operand: { kind: 'item' }, index: { text: '1' } }],
    ['COUNT(DISTINCT a)', { kind: 'call', distinct: true, args: [{ kind: 'column' }] }],
    ['CURRENT_TIMESTAMP', { kind: 'call', niladic: true, args: [] }],
    ['LEFT(a, 1)', { kind: 'call', name: { parts: [{ value: 'LEFT' }] } }],
    ["DATE '2020-01-02'", { kind: 'datetime', type: 'DATE', text: '2020-01-02' }],
    ["INTERVAL '5' MINUTES", { kind: 'interval', from: 'MINUTE', to: undefined }],
    ["INTERVAL -'1-2' YEAR TO MONTH", { kind: 'interval', negative: true, from: 'YEAR', to: 'MONTH' }],
    ['1e3', { kind: 'number', approximate: true }],
    [
      "TRIM(LEADING 'x' FROM a)",
      { args: [{ kind: 'symbol', value: 'LEADING' }, { value: 'x' }, { kind: 'column' }] },
    ],
    ['SUBSTRING(a FROM 2 FOR 3)', { args: [{ kind: 'column' }, { text: '2' }, { text: '3' }] }],
    ["POSITION('a' IN b)", { args: [{ value: 'a' }, { kind: 'column' }] }],
    ['(1, a)', { kind: 'row', explicit: false }],
    ['((SELECT 1) + 1)', { kind: 'binary', left: { kind: 'subquery' } }],
    ['x = ANY (SELECT y FROM t)', { kind: 'quantified', quantifier: 'ANY' }],
    ['UNKNOWN', { kind: 'boolean', value: null }],
    [
      "JSON_VALUE(j, '$.a' RETURNING INT NULL ON EMPTY DEFAULT 1 ON ERROR)",
      {
        kind: 'jsonPath',
        returning: { type: { root: 'INTEGER' } },
        onEmpty: { kind: 'NULL' },
        onError: { kind: 'DEFAULT' },
      },
    ],
    [
      "JSON_OBJECT('a' VALUE 1, KEY 'b' VALUE 2 ABSENT ON NULL)",
      { kind: 'jsonConstructor', onNull: 'ABSENT' },
    ],
    ["'a'\n'b'", { kind: 'string', value: 'ab' }],
    [
      'SUM(a) FILTER (WHERE b) OVER (PARTITION BY c ORDER BY d ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)',
      { kind: 'call', filter: { kind: 'column' }, over: { frame: { unit: 'ROWS' } } },
    ],
    [
      'f(a => 1, b => DESCRIPTOR(c))',
      { args: [{ kind: 'namedArgument' }, { kind: 'namedArgument', value: { kind: 'descriptor' } }] },
    ],
    ['CEIL(a TO DAY)', { args: [{ kind: 'column' }, { kind: 'symbol', value: 'DAY' }] }],
  ])('%s', (sql, shape) => {
    expect(parseExpression(sql)).toMatchObject(shape);
  });

  test.each([
    ['varchar', 'STRING'],
    ['VARCHAR(3) NOT NULL', 'VARCHAR(3) NOT NULL'],
    ['char varying(4)', 'VARCHAR(4)'],
    ['dec', 'DECIMAL(10, 0)'],
    ['NUMERIC(5)', 'DECIMAL(5, 0)'],
    ['double precision', 'DOUBLE'],
    ['TIMESTAMP', 'TIMESTAMP(6)'],
    ['TIMESTAMP(3) WITH LOCAL TIME ZONE', 'TIMESTAMP_LTZ(3)'],
    ['TIMESTAMP(3) WITHOUT TIME ZONE', 'TIMESTAMP(3)'],
    ['INTEGER ARRAY', 'ARRAY<INT>'],
    ['ROW(a INT, b ROW<c STRING>)', 'ROW<`a` INT, `b` ROW<`c` STRING>>'],
    ["ROW<a INT 'why', b MAP<STRING NOT NULL, INT>>", "ROW<`a` INT 'why', `b` MAP<STRING NOT NULL, INT>>"],
    ['MULTISET<BYTES>', 'MULTISET<BYTES>'],
    ['INTERVAL DAY(3) TO SECOND(6)', 'INTERVAL DAY TO SECOND(3)'],
  ])('type %s is %s', (sql, printed) => {
    expect(printType(parseType(sql).type)).toBe(printed);
  });

  test.each<[string, object]>([
    ['SET', { kind: 'set', option: undefined }],
    ['SET table.exec.state.ttl = 1 d', { option: { key: 'table.exec.state.ttl', value: '1 d' } }],
    ["SET execution.checkpointing.interval='10s'", { option: { value: '10s' } }],
    ["RESET 'a'", { kind: 'reset', key: 'a' }],
    ['RESET a.b', { kind: 'reset', key: 'a.b' }],
    ['EXPLAIN PLAN FOR SELECT 1', { kind: 'explain', details: [] }],
    [
      'EXPLAIN CHANGELOG_MODE, JSON_EXECUTION_PLAN SELECT 1',
      { details: ['CHANGELOG_MODE', 'JSON_EXECUTION_PLAN'] },
    ],
    ['EXPLAIN STATEMENT SET BEGIN INSERT INTO a SELECT 1; END', { statement: { kind: 'statementSet' } }],
    ['EXECUTE INSERT INTO a SELECT 1', { kind: 'insert' }],
    ['INSERT INTO a SELECT 1 ON CONFLICT DO DEDUPLICATE', { conflict: 'DEDUPLICATE' }],
    [
      'STATEMENT SET BEGIN INSERT INTO a SELECT b.k FROM b JOIN c ON b.k = c.k ON CONFLICT DO NOTHING; END',
      { inserts: [{ conflict: 'NOTHING' }] },
    ],
    [
      "INSERT INTO t /*+ OPTIONS('a'='b') */ (c, d) VALUES (1, 2)",
      {
        hints: [{ name: 'OPTIONS', options: [{ key: 'a' }] }],
        columns: [{ value: 'c' }, { value: 'd' }],
        query: { body: { kind: 'values' } },
      },
    ],
    [
      "INSERT OVERWRITE t PARTITION (p = 'x') SELECT 1",
      { overwrite: true, partition: [{ key: 'p', value: 'x' }] },
    ],
    ["SHOW TABLES FROM db NOT LIKE 'a%'", { what: 'TABLES', like: { negated: true, pattern: 'a%' } }],
    ['SHOW CURRENT DATABASE', { what: 'CURRENT DATABASE' }],
    ['SHOW CREATE VIEW v', { kind: 'showCreate', object: 'VIEW' }],
    ['DESC t', { kind: 'describe' }],
    ["STOP JOB 'x' WITH SAVEPOINT", { kind: 'stopJob', withSavepoint: true }],
    ['QUIT', { kind: 'quit' }],
    ['DROP TEMPORARY VIEW IF EXISTS a.b', { kind: 'drop', object: 'VIEW', temporary: true, ifExists: true }],
    [
      'CREATE TABLE t LIKE u (INCLUDING ALL OVERWRITING OPTIONS)',
      { like: { options: [{ strategy: 'INCLUDING' }, { strategy: 'OVERWRITING', feature: 'OPTIONS' }] } },
    ],
    [
      "CREATE TABLE t (k STRING PRIMARY KEY NOT ENFORCED COMMENT 'c', m INT METADATA FROM 'x' VIRTUAL, c AS k || 'a', WATERMARK FOR k AS k)",
      {
        columns: [
          { kind: 'physicalColumn', comment: 'c' },
          { kind: 'metadataColumn', key: 'x', virtual: true },
          { kind: 'computedColumn' },
        ],
        constraints: [{}],
        watermarks: [{}],
      },
    ],
    ["SELECT /*+ LOOKUP('table'='d') */ * FROM t", { query: { body: { hints: [{ name: 'LOOKUP' }] } } }],
    [
      'SELECT * FROM a, b CROSS JOIN c',
      { query: { body: { from: { type: 'COMMA', right: { type: 'CROSS' } } } } },
    ],
    [
      'SELECT * FROM a, LATERAL TABLE(f(a.x)) AS t (y)',
      { query: { body: { from: { right: { kind: 'tableFunction', lateral: true } } } } },
    ],
    [
      'SELECT * FROM a CROSS JOIN UNNEST(a.xs) AS t (x)',
      { query: { body: { from: { right: { kind: 'unnest' } } } } },
    ],
    [
      "SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))",
      {
        query: {
          body: {
            from: {
              kind: 'tableFunction',
              call: { args: [{ kind: 'tableArgument' }, { kind: 'descriptor' }, { kind: 'interval' }] },
            },
          },
        },
      },
    ],
    [
      'SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3',
      { query: { body: { op: 'UNION', right: { op: 'INTERSECT' } } } },
    ],
    [
      '(SELECT 1 ORDER BY 1) UNION (SELECT 2)',
      { query: { body: { left: { kind: 'query' }, right: { kind: 'select' } } } },
    ],
    [
      'WITH x AS (SELECT 1), y (a) AS (SELECT 2) SELECT * FROM x LIMIT 3 OFFSET 1',
      { query: { with: [{}, { columns: [{}] }], fetch: {}, offset: {} } },
    ],
    ['VALUES (1), (2)', { query: { body: { rows: [{ kind: 'row' }, { kind: 'row' }] } } }],
  ])('%s', (sql, shape) => {
    expect(parseStatement(sql)).toMatchObject(shape);
  });

  test('a parenthesised expression keeps its place', () => {
    expect(parseExpression('(a)').span).toMatchObject({ column: 1, endColumn: 3 });
    expect(printExpression(parseExpression('(a)'))).toBe('`a`');
  });
});

test('the page is parsed in a few milliseconds', () => {
  const text = readdirSync(new URL('page-examples/', data))
    .map((name) => read(`page-examples/${name}`))
    .join('\n');
  for (let i = 0; i < 50; i++) parseStatements(text);
  const times = Array.from({ length: 20 }, () => {
    const start = performance.now();
    parseStatements(text);
    return performance.now() - start;
  });
  expect(Math.min(...times)).toBeLessThan(5);
});
