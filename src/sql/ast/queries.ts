// The syntax tree of queries.

import type { CallExpression, Expression, SortItem, WindowSpecification } from './expressions.ts';
import type { Name, Node, OptionNode, QualifiedName } from './names.ts';

/** `LOOKUP('table' = 'D', 'async' = 'true')`, `OPTIONS('k' = 'v')`, `BROADCAST(t)`. */
export interface Hint extends Node {
  readonly kind: 'hint';
  /** Upper case. */
  readonly name: string;
  readonly options: readonly OptionNode[];
  /** Arguments without a key: names or strings. */
  readonly args: readonly string[];
}
export interface SelectItem extends Node {
  readonly kind: 'selectItem';
  readonly expression: Expression;
  readonly alias: Name | undefined;
}
/** ROLLUP, CUBE, GROUPING SETS or the empty grouping `()`. */
export interface GroupingSet extends Node {
  readonly kind: 'grouping';
  readonly type: 'ROLLUP' | 'CUBE' | 'GROUPING SETS' | 'EMPTY';
  readonly items: readonly GroupingElement[];
}
export type GroupingElement = Expression | GroupingSet;
export interface NamedWindow extends Node {
  readonly kind: 'namedWindow';
  readonly name: Name;
  readonly window: WindowSpecification;
}
export interface Select extends Node {
  readonly kind: 'select';
  readonly hints: readonly Hint[];
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  readonly from: TableReference | undefined;
  readonly where: Expression | undefined;
  /** undefined without GROUP BY. */
  readonly groupBy: readonly GroupingElement[] | undefined;
  readonly having: Expression | undefined;
  readonly windows: readonly NamedWindow[];
  readonly qualify: Expression | undefined;
}
export interface Values extends Node {
  readonly kind: 'values';
  /** Each row is a `row` expression: `VALUES (1, 2), (3, 4)`, or a single expression: `VALUES 1, 2`. */
  readonly rows: readonly Expression[];
}
export interface SetOperation extends Node {
  readonly kind: 'setOperation';
  readonly op: 'UNION' | 'INTERSECT' | 'EXCEPT';
  readonly all: boolean;
  readonly left: QueryBody;
  readonly right: QueryBody;
}
/** `TABLE t` as a query. */
export interface ExplicitTable extends Node {
  readonly kind: 'explicitTable';
  readonly name: QualifiedName;
}
/** A `query` as a body is one in parentheses with its own WITH, ORDER BY, OFFSET or FETCH. */
export type QueryBody = Select | Values | SetOperation | ExplicitTable | Query;
export interface CommonTableExpression extends Node {
  readonly kind: 'cte';
  readonly name: Name;
  readonly columns: readonly Name[];
  readonly query: Query;
}
export interface Query extends Node {
  readonly kind: 'query';
  readonly with: readonly CommonTableExpression[];
  readonly body: QueryBody;
  readonly orderBy: readonly SortItem[];
  readonly offset: Expression | undefined;
  /** LIMIT n and FETCH FIRST n ROWS ONLY. LIMIT ALL is undefined. */
  readonly fetch: Expression | undefined;
}
export interface TableAlias extends Node {
  readonly kind: 'tableAlias';
  readonly name: Name;
  readonly columns: readonly Name[];
}
export interface TablePath extends Node {
  readonly kind: 'table';
  readonly name: QualifiedName;
  readonly hints: readonly Hint[];
  /** `FOR SYSTEM_TIME AS OF expression`. */
  readonly systemTime: Expression | undefined;
  readonly alias: TableAlias | undefined;
}
export interface DerivedTable extends Node {
  readonly kind: 'derived';
  readonly lateral: boolean;
  readonly query: Query;
  readonly alias: TableAlias | undefined;
}
/** `TABLE(f(...))`, `LATERAL TABLE(f(...))`. */
export interface TableFunction extends Node {
  readonly kind: 'tableFunction';
  readonly lateral: boolean;
  readonly call: CallExpression;
  readonly alias: TableAlias | undefined;
}
export interface Unnest extends Node {
  readonly kind: 'unnest';
  readonly args: readonly Expression[];
  readonly withOrdinality: boolean;
  readonly alias: TableAlias | undefined;
}
export interface Join extends Node {
  readonly kind: 'join';
  /** COMMA is `a, b`. */
  readonly type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS' | 'COMMA';
  readonly natural: boolean;
  readonly left: TableReference;
  readonly right: TableReference;
  readonly on: Expression | undefined;
  readonly using: readonly Name[] | undefined;
}
export type TableReference = TablePath | DerivedTable | TableFunction | Unnest | Join;
