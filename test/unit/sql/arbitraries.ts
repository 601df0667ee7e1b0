// Random syntax trees: what the parser can produce, without spans.
import fc from 'fast-check';
import type { LogicalType } from '../../../src/types/logical-type.ts';

/** A tree without spans; the tests compare trees with the spans taken out. */
export type Tree = { readonly [key: string]: unknown };

const NAMES = ['a', 'b', 'user_id', 'Select', 'value', 'it`s', 'ключ', '键', 'x y', 'proctime', 'CAST', 'é'];
export const name: fc.Arbitrary<Tree> = fc.constantFrom(...NAMES).map((value) => ({ kind: 'name', value }));
const names = (max: number) => fc.array(name, { minLength: 1, maxLength: max });
const qualifiedName: fc.Arbitrary<Tree> = names(3).map((parts) => ({ kind: 'qualifiedName', parts }));
const text = fc.oneof(
  fc.constantFrom('', "it's", 'a\nb', '-- no', '/*+ no */', ';', '你好'),
  fc.string({ maxLength: 6 }),
);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const empty = fc.constant<Tree[]>([]);

export const type: fc.Arbitrary<LogicalType> = fc.letrec<{ type: LogicalType }>((tie) => {
  const flag = { nullable: fc.boolean() };
  const nested = tie('type');
  const field = fc.record(
    { name: fc.constantFrom(...NAMES), type: nested, comment: text },
    { requiredKeys: ['name', 'type'], noNullPrototype: true },
  );
  const make = (model: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record({ ...model, ...flag }, { noNullPrototype: true }) as unknown as fc.Arbitrary<LogicalType>;
  return {
    type: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      make({
        root: fc.constantFrom(
          'BOOLEAN',
          'TINYINT',
          'SMALLINT',
          'INTEGER',
          'BIGINT',
          'FLOAT',
          'DOUBLE',
          'DATE',
        ),
      }),
      make({
        root: fc.constantFrom('CHAR', 'VARCHAR', 'BINARY', 'VARBINARY'),
        length: fc.constantFrom(1, 10, 2147483647),
      }),
      make({ root: fc.constantFrom('TIME', 'TIMESTAMP', 'TIMESTAMP_LTZ'), precision: fc.nat(9) }),
      make({ root: fc.constantFrom('INTERVAL_YEAR_MONTH', 'INTERVAL_DAY_TIME') }),
      make({ root: fc.constant('DECIMAL'), precision: fc.integer({ min: 5, max: 38 }), scale: fc.nat(5) }),
      make({ root: fc.constantFrom('ARRAY', 'MULTISET'), element: nested }),
      make({ root: fc.constant('MAP'), key: nested, value: nested }),
      make({ root: fc.constant('ROW'), fields: fc.array(field, { maxLength: 3 }) }),
    ),
  };
}).type;
const typeNode: fc.Arbitrary<Tree> = type.map((t) => ({ kind: 'type', type: t }));

const node = (kind: string, model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Tree> =>
  fc.record({ kind: fc.constant(kind), ...model }, { noNullPrototype: true });

const PLAIN_CALL = {
  niladic: false,
  distinct: false,
  withinGroup: undefined,
  filter: undefined,
  nullTreatment: undefined,
  over: undefined,
};
const word = (value: string): Tree => ({ kind: 'qualifiedName', parts: [{ kind: 'name', value }] });
const symbol = (value: string): Tree => ({ kind: 'symbol', value });
const unit = fc.constantFrom('YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND').map(symbol);

const literal: fc.Arbitrary<Tree> = fc.oneof(
  node('string', { value: text }),
  fc
    .constantFrom('0', '12', '1.50', '.5', '7.', '1e0', '2.5E-3')
    .map((t) => ({ kind: 'number', text: t, approximate: /e/i.test(t) })),
  node('boolean', { value: fc.constantFrom(true, false, null) }),
  node('null', {}),
  node('bytes', { hex: fc.constantFrom('', '00FF', 'AB') }),
  node('datetime', { type: fc.constantFrom('DATE', 'TIME', 'TIMESTAMP'), text }),
  fc
    .constantFrom<Tree>(
      { from: 'DAY', to: 'SECOND', precision: 3, fractionalPrecision: 6 },
      { from: 'YEAR', to: 'MONTH', precision: undefined, fractionalPrecision: undefined },
      { from: 'SECOND', to: undefined, precision: 2, fractionalPrecision: 3 },
      { from: 'MINUTE', to: undefined, precision: undefined, fractionalPrecision: undefined },
    )
    .chain((qualifier) =>
      node('interval', { negative: fc.boolean(), text }).map((n) => ({ ...n, ...qualifier })),
    ),
);

interface Trees {
  expression: Tree;
  query: Tree;
  body: Tree;
  select: Tree;
  table: Tree;
  call: Tree;
  window: Tree;
  sort: Tree;
}

/** Shared, so that queries within expressions within queries come to an end. */
const depthIdentifier = fc.createDepthIdentifier();

const trees = fc.letrec<Trees>((tie: fc.LetrecTypedTie<Trees>) => {
  const e: fc.Arbitrary<Tree> = tie('expression');
  const list = (min: number, max: number) => fc.array(e, { minLength: min, maxLength: max });
  const sort = node('sort', {
    expression: e,
    descending: fc.boolean(),
    nulls: fc.constantFrom(undefined, 'FIRST', 'LAST'),
  });
  const bound = fc.oneof(
    node('bound', {
      type: fc.constantFrom('UNBOUNDED PRECEDING', 'CURRENT ROW', 'UNBOUNDED FOLLOWING'),
      offset: fc.constant(undefined),
    }),
    node('bound', { type: fc.constantFrom('PRECEDING', 'FOLLOWING'), offset: e }),
  );
  const frame = node('frame', { unit: fc.constantFrom('ROWS', 'RANGE'), start: bound, end: optional(bound) });
  const window = node('window', {
    reference: optional(name),
    partitionBy: list(0, 2),
    orderBy: fc.array(sort, { maxLength: 2 }),
    frame: optional(frame),
  });
  const set: fc.Arbitrary<Tree> = fc.oneof(
    list(2, 3).map((items) => ({ list: items, query: undefined })),
    tie('query').map((query) => ({ list: undefined, query })),
  );
  const withSet = (base: fc.Arbitrary<Tree>) => fc.tuple(base, set).map(([a, b]) => ({ ...a, ...b }));
  const plain = (callName: string, args: fc.Arbitrary<readonly Tree[]>) =>
    args.map((a): Tree => ({ kind: 'call', name: word(callName), args: a, ...PLAIN_CALL }));
  const special = fc.oneof(
    plain('EXTRACT', fc.tuple(unit, e)),
    plain('CEIL', fc.oneof(fc.tuple(e), fc.tuple(e, unit))),
    plain('POSITION', fc.oneof(fc.tuple(e, e), fc.tuple(e, e, e))),
    plain('SUBSTRING', list(2, 3)),
    plain('TRIM', fc.tuple(fc.constantFrom('BOTH', 'LEADING', 'TRAILING').map(symbol), e, e)),
    plain('TRIM', list(1, 2)),
    plain('OVERLAY', list(3, 4)),
    plain('TIMESTAMPADD', fc.tuple(unit, e, e)),
    fc
      .constantFrom('CURRENT_TIMESTAMP', 'LOCALTIME')
      .map((n): Tree => ({ kind: 'call', name: word(n), args: [], ...PLAIN_CALL, niladic: true })),
    plain('CURRENT_TIMESTAMP', fc.tuple(literal)),
  );
  const call: fc.Arbitrary<Tree> = fc
    .tuple(
      fc.constantFrom('COUNT', 'upper', 'my fn', 'LEFT', 'select', 'IF'),
      list(0, 3),
      fc.boolean(),
      optional(e),
      optional(window),
    )
    .map(([n, args, distinct, filter, over]) => ({
      kind: 'call',
      name: word(n),
      args,
      ...PLAIN_CALL,
      distinct: distinct && args.length > 0,
      filter,
      over,
    }));
  const behaviour = fc.oneof(
    fc.constantFrom<Tree>({ kind: 'NULL' }, { kind: 'ERROR' }),
    e.map((value): Tree => ({ kind: 'DEFAULT', value })),
  );
  const json = fc.oneof(
    node('jsonPath', {
      name: fc.constant('JSON_VALUE'),
      input: e,
      path: e,
      returning: optional(typeNode),
      wrapper: fc.constant(undefined),
      onEmpty: optional(behaviour),
      onError: optional(behaviour),
    }),
    node('jsonPath', {
      name: fc.constant('JSON_QUERY'),
      input: e,
      path: e,
      returning: fc.constant(undefined),
      wrapper: fc.constantFrom(undefined, 'WITHOUT', 'CONDITIONAL', 'UNCONDITIONAL'),
      onEmpty: fc.constantFrom(undefined, { kind: 'EMPTY ARRAY' }, { kind: 'NULL' }),
      onError: fc.constantFrom(undefined, { kind: 'EMPTY OBJECT' }, { kind: 'ERROR' }),
    }),
    fc.tuple(fc.array(fc.tuple(e, e), { maxLength: 2 }), fc.constantFrom(undefined, 'NULL', 'ABSENT')).map(
      ([pairs, onNull]): Tree => ({
        kind: 'jsonConstructor',
        name: 'JSON_OBJECT',
        keys: pairs.map((p) => p[0]),
        values: pairs.map((p) => p[1]),
        onNull,
      }),
    ),
    node('jsonConstructor', {
      name: fc.constant('JSON_ARRAY'),
      keys: empty,
      values: list(0, 2),
      onNull: fc.constantFrom(undefined, 'ABSENT'),
    }),
  );
  const operators = fc.oneof(
    node('unary', { op: fc.constantFrom('NOT', '-', '+'), operand: e }),
    node('binary', {
      op: fc.constantFrom(
        'OR',
        'AND',
        '=',
        '<>',
        '<=',
        '||',
        '+',
        '-',
        '*',
        '/',
        '%',
        'IS DISTINCT FROM',
        'OVERLAPS',
      ),
      left: e,
      right: e,
    }),
    node('is', {
      operand: e,
      test: fc.constantFrom('NULL', 'TRUE', 'FALSE', 'UNKNOWN', 'JSON OBJECT'),
      negated: fc.boolean(),
    }),
    node('like', {
      op: fc.constantFrom('LIKE', 'SIMILAR TO'),
      negated: fc.boolean(),
      operand: e,
      pattern: e,
      escape: optional(e),
    }),
    node('between', { negated: fc.boolean(), symmetric: fc.boolean(), operand: e, low: e, high: e }),
    withSet(node('in', { negated: fc.boolean(), operand: e })),
    withSet(
      node('quantified', {
        op: fc.constantFrom('=', '<'),
        quantifier: fc.constantFrom('ANY', 'ALL'),
        operand: e,
      }),
    ),
    node('item', { operand: e, index: e }),
    node('field', { operand: e, name }),
  );
  const when = node('when', { condition: e, result: e });
  const alias = optional(node('tableAlias', { name, columns: fc.array(name, { maxLength: 2 }) }));
  const option = fc.record(
    { kind: fc.constant('option'), key: text, value: text },
    { noNullPrototype: true },
  );
  const hint = node('hint', {
    name: fc.constantFrom('LOOKUP', 'OPTIONS'),
    options: fc.array(option, { maxLength: 2 }),
    args: empty,
  });
  const hints = fc.oneof(
    { weight: 4, arbitrary: empty },
    { weight: 1, arbitrary: fc.array(hint, { minLength: 1, maxLength: 2 }) },
  );
  const star = node('star', { qualifier: fc.array(name, { maxLength: 2 }) });
  const grouping = fc.oneof(
    e,
    node('grouping', { type: fc.constantFrom('ROLLUP', 'CUBE', 'GROUPING SETS'), items: list(1, 2) }),
    fc.constant<Tree>({ kind: 'grouping', type: 'EMPTY', items: [] }),
  );
  const fromClauses = fc.record(
    {
      from: tie('table'),
      where: optional(e),
      groupBy: optional(fc.array(grouping, { minLength: 1, maxLength: 2 })),
      having: optional(e),
      windows: fc.array(node('namedWindow', { name, window }), { maxLength: 1 }),
      qualify: optional(e),
    },
    { noNullPrototype: true },
  );
  const noFrom = fc.constant<Tree>({
    from: undefined,
    where: undefined,
    groupBy: undefined,
    having: undefined,
    windows: [],
    qualify: undefined,
  });
  const item = fc.oneof(
    node('selectItem', { expression: e, alias: optional(name) }),
    node('selectItem', { expression: star, alias: fc.constant(undefined) }),
  );
  const joinCondition = fc.oneof(
    fc.constant<Tree>({ on: undefined, using: undefined }),
    e.map((on): Tree => ({ on, using: undefined })),
    names(2).map((using): Tree => ({ on: undefined, using })),
  );
  const row = fc.oneof(
    fc.tuple(list(1, 3), fc.boolean()).map(([items, explicit]): Tree => ({ kind: 'row', items, explicit })),
    literal,
  );
  return {
    sort,
    window,
    call,
    expression: fc.oneof(
      { maxDepth: 4, depthSize: 'small', depthIdentifier },
      literal,
      names(3).map((parts): Tree => ({ kind: 'column', parts })),
      operators,
      special,
      call,
      json,
      node('case', {
        operand: optional(e),
        whens: fc.array(when, { minLength: 1, maxLength: 2 }),
        otherwise: optional(e),
      }),
      node('cast', { operand: e, type: typeNode, safe: fc.boolean() }),
      fc.oneof(
        list(0, 3).map((items): Tree => ({ kind: 'row', items, explicit: true })),
        list(2, 3).map((items): Tree => ({ kind: 'row', items, explicit: false })),
      ),
      node('array', { items: list(0, 3) }),
      fc.array(fc.tuple(e, e), { maxLength: 2 }).map((pairs): Tree => ({ kind: 'map', items: pairs.flat() })),
      node('exists', { query: tie('query') }),
      node('subquery', { query: tie('query') }),
    ),
    select: fc
      .tuple(
        node('select', {
          hints,
          distinct: fc.boolean(),
          items: fc.array(item, { minLength: 1, maxLength: 3 }),
        }),
        fc.oneof(noFrom, fromClauses as unknown as fc.Arbitrary<Tree>),
      )
      .map(([a, b]) => ({ ...a, ...b })),
    body: fc.oneof(
      { maxDepth: 4, depthSize: 'small', depthIdentifier },
      fc.constant<Tree>({ kind: 'explicitTable', name: word('t') }),
      tie('select'),
      node('values', { rows: fc.array(row, { minLength: 1, maxLength: 2 }) }),
      node('explicitTable', { name: qualifiedName }),
      node('setOperation', {
        op: fc.constantFrom('UNION', 'INTERSECT', 'EXCEPT'),
        all: fc.boolean(),
        left: tie('body'),
        right: tie('body'),
      }),
    ),
    query: node('query', {
      with: fc.array(node('cte', { name, columns: fc.array(name, { maxLength: 2 }), query: tie('query') }), {
        maxLength: 1,
        depthIdentifier: 'cte',
        size: 'xsmall',
      }),
      body: tie('body'),
      orderBy: fc.array(sort, { maxLength: 2 }),
      offset: optional(literal),
      fetch: optional(literal),
    }),
    table: fc.oneof(
      { maxDepth: 4, depthSize: 'small', depthIdentifier },
      node('table', { name: qualifiedName, hints, systemTime: optional(e), alias }),
      node('derived', { lateral: fc.boolean(), query: tie('query'), alias }),
      node('tableFunction', { lateral: fc.boolean(), call, alias }),
      node('unnest', { args: list(1, 2), withOrdinality: fc.boolean(), alias }),
      fc
        .tuple(
          node('join', {
            type: fc.constantFrom('INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS'),
            natural: fc.boolean(),
            left: tie('table'),
            right: tie('table'),
          }),
          joinCondition,
        )
        .map(([a, b]) => ({ ...a, ...b })),
      node('join', {
        type: fc.constant('COMMA'),
        natural: fc.constant(false),
        left: tie('table'),
        right: tie('table'),
        on: fc.constant(undefined),
        using: fc.constant(undefined),
      }),
    ),
  };
});

export const expression = trees.expression;
export const query = trees.query;

// ------------------------------------------------------------------------------------------------------- statements

const options = fc.array(node('option', { key: text, value: text }), { maxLength: 3 });
const columnConstraint = (column: Tree) =>
  node('constraint', {
    type: fc.constantFrom('PRIMARY KEY', 'UNIQUE'),
    name: optional(name),
    columns: fc.constant([column]),
    enforced: fc.constantFrom(undefined, true, false),
  });
const physical = name.chain((n) =>
  node('physicalColumn', {
    name: fc.constant(n),
    type: typeNode,
    constraint: optional(columnConstraint(n)),
    comment: optional(text),
  }),
);
const column = fc.oneof(
  physical,
  node('metadataColumn', {
    name,
    type: typeNode,
    key: optional(text),
    virtual: fc.boolean(),
    comment: optional(text),
  }),
  node('computedColumn', { name, expression, comment: optional(text) }),
);
const like = node('likeClause', {
  table: qualifiedName,
  options: fc.array(
    node('likeOption', {
      strategy: fc.constantFrom('INCLUDING', 'EXCLUDING', 'OVERWRITING'),
      feature: fc.constantFrom('ALL', 'OPTIONS', 'WATERMARKS', 'CONSTRAINTS'),
    }),
    { maxLength: 2 },
  ),
});
const createTable = fc
  .tuple(
    node('createTable', {
      temporary: fc.boolean(),
      ifNotExists: fc.boolean(),
      name: qualifiedName,
      columns: fc.array(column, { maxLength: 3 }),
      watermarks: fc.array(node('watermark', { column: qualifiedName, expression }), { maxLength: 1 }),
      comment: optional(text),
      distribution: fc.constantFrom(
        undefined,
        { kind: 'distribution', algorithm: 'HASH', columns: [{ kind: 'name', value: 'a' }], buckets: 4 },
        { kind: 'distribution', algorithm: undefined, columns: [], buckets: 2 },
      ),
      partitionedBy: fc.array(name, { maxLength: 2 }),
      options,
    }),
    fc.array(
      node('constraint', {
        type: fc.constantFrom('PRIMARY KEY', 'UNIQUE'),
        name: optional(name),
        columns: names(2),
        enforced: fc.constantFrom(undefined, true, false),
      }),
      { maxLength: 1 },
    ),
    fc.oneof(
      fc.constant<Tree>({ like: undefined, query: undefined }),
      like.map((l): Tree => ({ like: l, query: undefined })),
      query.map((q): Tree => ({ like: undefined, query: q })),
    ),
  )
  .map(([table, constraints, rest]): Tree => {
    const columns = table.columns as Tree[];
    const own = columns.flatMap((c) =>
      c.kind === 'physicalColumn' && c.constraint !== undefined ? [c.constraint] : [],
    );
    return { ...table, ...rest, constraints: [...own, ...constraints] };
  });
const insert = node('insert', {
  overwrite: fc.boolean(),
  table: qualifiedName,
  hints: empty,
  partition: fc.array(node('option', { key: fc.constantFrom(...NAMES), value: text }), { maxLength: 1 }),
  columns: optional(names(3)),
  query,
  conflict: optional(fc.constantFrom('DEDUPLICATE', 'NOTHING', 'ERROR')),
});
const statementSet = node('statementSet', { inserts: fc.array(insert, { maxLength: 2 }) });
const queryStatement = node('queryStatement', { query });

export const statement: fc.Arbitrary<Tree> = fc.oneof(
  createTable,
  node('createView', {
    temporary: fc.boolean(),
    orReplace: fc.boolean(),
    ifNotExists: fc.boolean(),
    name: qualifiedName,
    columns: fc.array(name, { maxLength: 2 }),
    comment: optional(text),
    query,
  }),
  insert,
  statementSet,
  queryStatement,
  node('explain', {
    details: fc.uniqueArray(fc.constantFrom('CHANGELOG_MODE', 'JSON_EXECUTION_PLAN', 'PLAN_ADVICE')),
    statement: fc.oneof(insert, statementSet, queryStatement),
  }),
  node('createDatabase', {
    ifNotExists: fc.boolean(),
    name: qualifiedName,
    comment: optional(text),
    options,
  }),
  node('createCatalog', { ifNotExists: fc.boolean(), name, comment: optional(text), options }),
  node('createFunction', {
    temporary: fc.constant(true),
    system: fc.boolean(),
    ifNotExists: fc.boolean(),
    name: qualifiedName,
    className: text,
    language: fc.constantFrom(undefined, 'JAVA'),
    jars: fc.array(text, { maxLength: 2 }),
  }),
  node('drop', {
    object: fc.constantFrom('TABLE', 'VIEW'),
    temporary: fc.boolean(),
    system: fc.constant(false),
    ifExists: fc.boolean(),
    name: qualifiedName,
    cascade: fc.constant(false),
  }),
  node('alterTable', {
    ifExists: fc.boolean(),
    name: qualifiedName,
    action: fc.oneof(
      options.map((o): Tree => ({ kind: 'set', options: o })),
      fc.array(text, { minLength: 1, maxLength: 2 }).map((keys): Tree => ({ kind: 'reset', keys })),
      qualifiedName.map((to): Tree => ({ kind: 'rename', to })),
    ),
  }),
  node('show', {
    what: fc.constantFrom('TABLES', 'VIEWS', 'FUNCTIONS', 'USER FUNCTIONS', 'DATABASES'),
    from: optional(qualifiedName),
    like: optional(
      node('likePattern', { negated: fc.boolean(), caseInsensitive: fc.boolean(), pattern: text }),
    ),
  }),
  node('showCreate', { object: fc.constantFrom('TABLE', 'VIEW'), name: qualifiedName }),
  node('describe', { extended: fc.boolean(), name: qualifiedName }),
  node('useDatabase', { name: qualifiedName }),
  node('useCatalog', { name }),
  node('set', { option: optional(node('option', { key: text, value: text })) }),
  node('reset', { key: optional(text) }),
  node('stopJob', { jobId: text, withSavepoint: fc.boolean(), withDrain: fc.boolean() }),
  node('quit', {}),
);
