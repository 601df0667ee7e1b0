// The syntax tree of expressions.
import type { SourceSpan } from '../../types/errors.ts';
import type { Name, Node, QualifiedName, TypeNode } from './names.ts';
import type { Query } from './queries.ts';

export type TimeUnit =
  | 'NANOSECOND'
  | 'MICROSECOND'
  | 'MILLISECOND'
  | 'SECOND'
  | 'MINUTE'
  | 'HOUR'
  | 'DAY'
  | 'WEEK'
  | 'MONTH'
  | 'QUARTER'
  | 'YEAR'
  | 'DECADE'
  | 'CENTURY'
  | 'MILLENNIUM'
  | 'DOW'
  | 'DOY'
  | 'ISODOW'
  | 'ISOYEAR'
  | 'EPOCH';

export interface StringLiteral extends Node {
  readonly kind: 'string';
  readonly value: string;
}
/** `12`, `1.50` (exact) or `1e0` (approximate: DOUBLE). `text` is as written; a sign is a unary operator. */
export interface NumberLiteral extends Node {
  readonly kind: 'number';
  readonly text: string;
  readonly approximate: boolean;
}
/** TRUE, FALSE; UNKNOWN is null. */
export interface BooleanLiteral extends Node {
  readonly kind: 'boolean';
  readonly value: boolean | null;
}
export interface NullLiteral extends Node {
  readonly kind: 'null';
}
/** `X'0AFF'`: the hex digits in upper case, an even number of them. */
export interface BytesLiteral extends Node {
  readonly kind: 'bytes';
  readonly hex: string;
}
/** `DATE '2024-01-31'`, `TIME '10:00:00'`, `TIMESTAMP '2024-01-31 10:00:00.123'`. The text is not yet checked. */
export interface DateTimeLiteral extends Node {
  readonly kind: 'datetime';
  readonly type: 'DATE' | 'TIME' | 'TIMESTAMP';
  readonly text: string;
}
/** `INTERVAL [-] '1 02' DAY(3) TO HOUR`. */
export interface IntervalLiteral extends Node {
  readonly kind: 'interval';
  readonly negative: boolean;
  readonly text: string;
  readonly from: TimeUnit;
  readonly to: TimeUnit | undefined;
  readonly precision: number | undefined;
  readonly fractionalPrecision: number | undefined;
}
/** `a`, `t.a`, `t.row_column.field`: which parts are table, column and fields is decided by the binder. */
export interface ColumnReference extends Node {
  readonly kind: 'column';
  readonly parts: readonly Name[];
}
/** `*` or `t.*`; only in a select list and as the argument of COUNT. */
export interface Star extends Node {
  readonly kind: 'star';
  readonly qualifier: readonly Name[];
}
/** A keyword that stands as an argument: a TimeUnit, BOTH, LEADING, TRAILING. */
export interface SymbolNode extends Node {
  readonly kind: 'symbol';
  readonly value: string;
}
export interface UnaryExpression extends Node {
  readonly kind: 'unary';
  readonly op: 'NOT' | '-' | '+';
  readonly operand: Expression;
}
export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';
export type BinaryOperator =
  | 'OR'
  | 'AND'
  | ComparisonOperator
  | 'IS DISTINCT FROM'
  | 'IS NOT DISTINCT FROM'
  | 'OVERLAPS'
  | '||'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%';
/** `!=` is stored as `<>`. */
export interface BinaryExpression extends Node {
  readonly kind: 'binary';
  readonly op: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly opSpan: SourceSpan;
}
/** `x IS [NOT] NULL|TRUE|FALSE|UNKNOWN|JSON ...`. */
export interface IsExpression extends Node {
  readonly kind: 'is';
  readonly operand: Expression;
  readonly test:
    | 'NULL'
    | 'TRUE'
    | 'FALSE'
    | 'UNKNOWN'
    | 'JSON VALUE'
    | 'JSON OBJECT'
    | 'JSON ARRAY'
    | 'JSON SCALAR';
  readonly negated: boolean;
}
export interface LikeExpression extends Node {
  readonly kind: 'like';
  readonly op: 'LIKE' | 'SIMILAR TO';
  readonly negated: boolean;
  readonly operand: Expression;
  readonly pattern: Expression;
  readonly escape: Expression | undefined;
}
export interface BetweenExpression extends Node {
  readonly kind: 'between';
  readonly negated: boolean;
  readonly symmetric: boolean;
  readonly operand: Expression;
  readonly low: Expression;
  readonly high: Expression;
}
/** `x [NOT] IN (a, b)` has `list`, `x [NOT] IN (SELECT ...)` has `query`; never both. */
export interface InExpression extends Node {
  readonly kind: 'in';
  readonly negated: boolean;
  readonly operand: Expression;
  readonly list: readonly Expression[] | undefined;
  readonly query: Query | undefined;
}
/** `x > ALL (SELECT ...)`, `x = ANY (1, 2)`; SOME is stored as ANY. */
export interface QuantifiedExpression extends Node {
  readonly kind: 'quantified';
  readonly op: ComparisonOperator;
  readonly quantifier: 'ANY' | 'ALL';
  readonly operand: Expression;
  readonly list: readonly Expression[] | undefined;
  readonly query: Query | undefined;
}
export interface ExistsExpression extends Node {
  readonly kind: 'exists';
  readonly query: Query;
}
/** A scalar sub-query. */
export interface SubqueryExpression extends Node {
  readonly kind: 'subquery';
  readonly query: Query;
}
export interface WhenClause extends Node {
  readonly kind: 'when';
  /** The condition, or with an operand the value it is compared with. */
  readonly condition: Expression;
  readonly result: Expression;
}
export interface CaseExpression extends Node {
  readonly kind: 'case';
  readonly operand: Expression | undefined;
  readonly whens: readonly WhenClause[];
  readonly otherwise: Expression | undefined;
}
/** CAST, and TRY_CAST when `safe`. */
export interface CastExpression extends Node {
  readonly kind: 'cast';
  readonly operand: Expression;
  readonly type: TypeNode;
  readonly safe: boolean;
}
export interface SortItem extends Node {
  readonly kind: 'sort';
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nulls: 'FIRST' | 'LAST' | undefined;
}
export interface FrameBound extends Node {
  readonly kind: 'bound';
  readonly type: 'UNBOUNDED PRECEDING' | 'PRECEDING' | 'CURRENT ROW' | 'FOLLOWING' | 'UNBOUNDED FOLLOWING';
  /** Set for PRECEDING and FOLLOWING. */
  readonly offset: Expression | undefined;
}
export interface WindowFrame extends Node {
  readonly kind: 'frame';
  readonly unit: 'ROWS' | 'RANGE';
  readonly start: FrameBound;
  readonly end: FrameBound | undefined;
}
export interface WindowSpecification extends Node {
  readonly kind: 'window';
  /** The named window that this one refers to or extends. */
  readonly reference: Name | undefined;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly SortItem[];
  readonly frame: WindowFrame | undefined;
}
/**
 * A function call. Functions with a syntax of their own arrive with positional arguments:
 * EXTRACT [unit symbol, x]; CEIL and FLOOR (x TO unit) [x, unit symbol]; POSITION(a IN b FROM c) [a, b, c];
 * SUBSTRING(x FROM a FOR b) [x, a, b]; TRIM [BOTH|LEADING|TRAILING symbol, characters, x] (characters ' ' by default);
 * OVERLAY(a PLACING b FROM c FOR d) [a, b, c, d]; TIMESTAMPADD and TIMESTAMPDIFF [unit symbol, a, b].
 */
export interface CallExpression extends Node {
  readonly kind: 'call';
  /** As written; functions are matched case-insensitively. */
  readonly name: QualifiedName;
  readonly args: readonly Expression[];
  /** Without parentheses: CURRENT_TIMESTAMP, LOCALTIME. */
  readonly niladic: boolean;
  readonly distinct: boolean;
  readonly withinGroup: readonly SortItem[] | undefined;
  readonly filter: Expression | undefined;
  readonly nullTreatment: 'IGNORE NULLS' | 'RESPECT NULLS' | undefined;
  readonly over: WindowSpecification | undefined;
}
/** `name => value`. */
export interface NamedArgument extends Node {
  readonly kind: 'namedArgument';
  readonly name: Name;
  readonly value: Expression;
}
/** `DESCRIPTOR(ts)`. */
export interface DescriptorExpression extends Node {
  readonly kind: 'descriptor';
  readonly columns: readonly Name[];
}
/** `TABLE t` or a query as an argument of a table function. */
export interface TableArgument extends Node {
  readonly kind: 'tableArgument';
  readonly table: QualifiedName | Query;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly SortItem[];
}
/** `ROW(a, b)`, and `(a, b)` when not `explicit`. */
export interface RowExpression extends Node {
  readonly kind: 'row';
  readonly items: readonly Expression[];
  readonly explicit: boolean;
}
export interface ArrayExpression extends Node {
  readonly kind: 'array';
  readonly items: readonly Expression[];
}
/** `MAP['a', 1, 'b', 2]`: keys and values in turn. */
export interface MapExpression extends Node {
  readonly kind: 'map';
  readonly items: readonly Expression[];
}
/** `a[1]`, `m['k']`. */
export interface ItemExpression extends Node {
  readonly kind: 'item';
  readonly operand: Expression;
  readonly index: Expression;
}
/** `f(x).a`, `a[1].b`: a field of something that is not a plain name. */
export interface FieldExpression extends Node {
  readonly kind: 'field';
  readonly operand: Expression;
  readonly name: Name;
}
export type JsonBehavior =
  | { readonly kind: 'NULL' | 'ERROR' | 'EMPTY ARRAY' | 'EMPTY OBJECT' | 'TRUE' | 'FALSE' | 'UNKNOWN' }
  | { readonly kind: 'DEFAULT'; readonly value: Expression };
/** JSON_VALUE, JSON_QUERY and JSON_EXISTS; a clause that is not written is undefined. */
export interface JsonPathExpression extends Node {
  readonly kind: 'jsonPath';
  readonly name: 'JSON_VALUE' | 'JSON_QUERY' | 'JSON_EXISTS';
  readonly input: Expression;
  readonly path: Expression;
  readonly returning: TypeNode | undefined;
  readonly wrapper: 'WITHOUT' | 'CONDITIONAL' | 'UNCONDITIONAL' | undefined;
  readonly onEmpty: JsonBehavior | undefined;
  readonly onError: JsonBehavior | undefined;
}
/** JSON_OBJECT, JSON_ARRAY, JSON_OBJECTAGG, JSON_ARRAYAGG. `keys` is empty for arrays. */
export interface JsonConstructorExpression extends Node {
  readonly kind: 'jsonConstructor';
  readonly name: 'JSON_OBJECT' | 'JSON_ARRAY' | 'JSON_OBJECTAGG' | 'JSON_ARRAYAGG';
  readonly keys: readonly Expression[];
  readonly values: readonly Expression[];
  readonly onNull: 'NULL' | 'ABSENT' | undefined;
}

export type Literal =
  | StringLiteral
  | NumberLiteral
  | BooleanLiteral
  | NullLiteral
  | BytesLiteral
  | DateTimeLiteral
  | IntervalLiteral;

export type Expression =
  | Literal
  | ColumnReference
  | Star
  | SymbolNode
  | UnaryExpression
  | BinaryExpression
  | IsExpression
  | LikeExpression
  | BetweenExpression
  | InExpression
  | QuantifiedExpression
  | ExistsExpression
  | SubqueryExpression
  | CaseExpression
  | CastExpression
  | CallExpression
  | NamedArgument
  | DescriptorExpression
  | TableArgument
  | RowExpression
  | ArrayExpression
  | MapExpression
  | ItemExpression
  | FieldExpression
  | JsonPathExpression
  | JsonConstructorExpression;
