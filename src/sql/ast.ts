// The syntax tree of Flink SQL: plain readonly data, unions over `kind`, every node with its place in the text.
// Nothing is resolved here: names are as written (without their quotes), types are Flink's logical types.
import type { SourceSpan } from '../types/errors.ts';
import type { LogicalType } from '../types/logical-type.ts';

interface Node {
  readonly span: SourceSpan;
}

// ---------------------------------------------------------------------------------------------------- names, types

/** One identifier, without its backticks. */
export interface Name extends Node {
  readonly kind: 'name';
  readonly value: string;
}

/** `cat.db.t`, `t.c.f`: at least one part. */
export interface QualifiedName extends Node {
  readonly kind: 'qualifiedName';
  readonly parts: readonly Name[];
}

/** A type as written; defaults filled in as Flink does (DECIMAL = (10, 0), TIMESTAMP = (6), VARCHAR = STRING). */
export interface TypeNode extends Node {
  readonly kind: 'type';
  readonly type: LogicalType;
}

/** `'key' = 'value'` of WITH, OPTIONS hints, PARTITION and SET. */
export interface OptionNode extends Node {
  readonly kind: 'option';
  readonly key: string;
  readonly value: string;
  readonly keySpan: SourceSpan;
  readonly valueSpan: SourceSpan;
}

// ----------------------------------------------------------------------------------------------------- expressions

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

// --------------------------------------------------------------------------------------------------------- queries

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

// ------------------------------------------------------------------------------------------------------ statements

export interface PhysicalColumn extends Node {
  readonly kind: 'physicalColumn';
  readonly name: Name;
  readonly type: TypeNode;
  readonly constraint: TableConstraint | undefined;
  readonly comment: string | undefined;
}
export interface MetadataColumn extends Node {
  readonly kind: 'metadataColumn';
  readonly name: Name;
  readonly type: TypeNode;
  /** METADATA FROM 'key'; undefined: the column's name. */
  readonly key: string | undefined;
  readonly virtual: boolean;
  readonly comment: string | undefined;
}
export interface ComputedColumn extends Node {
  readonly kind: 'computedColumn';
  readonly name: Name;
  readonly expression: Expression;
  readonly comment: string | undefined;
}
export type ColumnDefinition = PhysicalColumn | MetadataColumn | ComputedColumn;
/** On a column `columns` is that column alone. */
export interface TableConstraint extends Node {
  readonly kind: 'constraint';
  readonly type: 'PRIMARY KEY' | 'UNIQUE';
  readonly name: Name | undefined;
  readonly columns: readonly Name[];
  /** undefined: neither ENFORCED nor NOT ENFORCED is written (SQL's default is ENFORCED). */
  readonly enforced: boolean | undefined;
}
/** `WATERMARK FOR rowtime AS expression`; `column` may be a path into a row. */
export interface WatermarkDefinition extends Node {
  readonly kind: 'watermark';
  readonly column: QualifiedName;
  readonly expression: Expression;
}
export interface Distribution extends Node {
  readonly kind: 'distribution';
  readonly algorithm: 'HASH' | 'RANGE' | undefined;
  readonly columns: readonly Name[];
  readonly buckets: number | undefined;
}
export interface LikeOption extends Node {
  readonly kind: 'likeOption';
  readonly strategy: 'INCLUDING' | 'EXCLUDING' | 'OVERWRITING';
  readonly feature:
    | 'ALL'
    | 'CONSTRAINTS'
    | 'DISTRIBUTION'
    | 'GENERATED'
    | 'METADATA'
    | 'OPTIONS'
    | 'PARTITIONS'
    | 'WATERMARKS';
}
export interface LikeClause extends Node {
  readonly kind: 'likeClause';
  readonly table: QualifiedName;
  readonly options: readonly LikeOption[];
}
export interface CreateTable extends Node {
  readonly kind: 'createTable';
  readonly temporary: boolean;
  readonly ifNotExists: boolean;
  readonly name: QualifiedName;
  readonly columns: readonly ColumnDefinition[];
  /** Of the table and of single columns, in the order of the text. */
  readonly constraints: readonly TableConstraint[];
  readonly watermarks: readonly WatermarkDefinition[];
  readonly comment: string | undefined;
  readonly distribution: Distribution | undefined;
  readonly partitionedBy: readonly Name[];
  readonly options: readonly OptionNode[];
  readonly like: LikeClause | undefined;
  readonly query: Query | undefined;
}
export interface CreateView extends Node {
  readonly kind: 'createView';
  readonly temporary: boolean;
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly name: QualifiedName;
  readonly columns: readonly Name[];
  readonly comment: string | undefined;
  readonly query: Query;
}
export interface CreateDatabase extends Node {
  readonly kind: 'createDatabase';
  readonly ifNotExists: boolean;
  readonly name: QualifiedName;
  readonly comment: string | undefined;
  readonly options: readonly OptionNode[];
}
export interface CreateCatalog extends Node {
  readonly kind: 'createCatalog';
  readonly ifNotExists: boolean;
  readonly name: Name;
  readonly comment: string | undefined;
  readonly options: readonly OptionNode[];
}
export interface CreateFunction extends Node {
  readonly kind: 'createFunction';
  readonly temporary: boolean;
  readonly system: boolean;
  readonly ifNotExists: boolean;
  readonly name: QualifiedName;
  readonly className: string;
  readonly language: string | undefined;
  readonly jars: readonly string[];
}
export interface Drop extends Node {
  readonly kind: 'drop';
  readonly object: 'TABLE' | 'VIEW' | 'DATABASE' | 'CATALOG' | 'FUNCTION';
  readonly temporary: boolean;
  /** DROP TEMPORARY SYSTEM FUNCTION. */
  readonly system: boolean;
  readonly ifExists: boolean;
  readonly name: QualifiedName;
  /** DROP DATABASE ... CASCADE. */
  readonly cascade: boolean;
}
export interface AlterTable extends Node {
  readonly kind: 'alterTable';
  readonly ifExists: boolean;
  readonly name: QualifiedName;
  readonly action:
    | { readonly kind: 'set'; readonly options: readonly OptionNode[] }
    | { readonly kind: 'reset'; readonly keys: readonly string[] }
    | { readonly kind: 'rename'; readonly to: QualifiedName };
}
/** INSERT INTO, INSERT OVERWRITE; EXECUTE INSERT is the same statement. */
export interface Insert extends Node {
  readonly kind: 'insert';
  readonly overwrite: boolean;
  readonly table: QualifiedName;
  readonly hints: readonly Hint[];
  /** `PARTITION (k = 'v')`: the values as text. */
  readonly partition: readonly OptionNode[];
  readonly columns: readonly Name[] | undefined;
  readonly query: Query;
}
/** EXECUTE STATEMENT SET BEGIN ... END and BEGIN STATEMENT SET; ... END. */
export interface StatementSet extends Node {
  readonly kind: 'statementSet';
  readonly inserts: readonly Insert[];
}
export interface QueryStatement extends Node {
  readonly kind: 'queryStatement';
  readonly query: Query;
}
export type ExplainDetail = 'ESTIMATED_COST' | 'CHANGELOG_MODE' | 'PLAN_ADVICE' | 'JSON_EXECUTION_PLAN';
export interface Explain extends Node {
  readonly kind: 'explain';
  readonly details: readonly ExplainDetail[];
  readonly statement: QueryStatement | Insert | StatementSet;
}
export interface LikePattern extends Node {
  readonly kind: 'likePattern';
  readonly negated: boolean;
  readonly caseInsensitive: boolean;
  readonly pattern: string;
}
/** SHOW without an object of its own, filtered with [NOT] LIKE and FROM / IN. */
export interface Show extends Node {
  readonly kind: 'show';
  readonly what:
    | 'TABLES'
    | 'VIEWS'
    | 'FUNCTIONS'
    | 'USER FUNCTIONS'
    | 'JOBS'
    | 'CATALOGS'
    | 'DATABASES'
    | 'MODULES'
    | 'JARS'
    | 'COLUMNS'
    | 'CURRENT CATALOG'
    | 'CURRENT DATABASE';
  /** FROM / IN: the database, catalog or (COLUMNS) table. */
  readonly from: QualifiedName | undefined;
  readonly like: LikePattern | undefined;
}
export interface ShowCreate extends Node {
  readonly kind: 'showCreate';
  readonly object: 'TABLE' | 'VIEW' | 'CATALOG';
  readonly name: QualifiedName;
}
export interface Describe extends Node {
  readonly kind: 'describe';
  readonly extended: boolean;
  readonly name: QualifiedName;
}
/** DESCRIBE JOB '<id>'. */
export interface DescribeJob extends Node {
  readonly kind: 'describeJob';
  readonly jobId: string;
}
export interface UseDatabase extends Node {
  readonly kind: 'useDatabase';
  readonly name: QualifiedName;
}
export interface UseCatalog extends Node {
  readonly kind: 'useCatalog';
  readonly name: Name;
}
/** `SET 'k' = 'v'`, the old `SET k = v`; `SET` alone lists (option undefined). */
export interface SetStatement extends Node {
  readonly kind: 'set';
  readonly option: OptionNode | undefined;
}
/** `RESET 'k'`; `RESET` alone resets all. */
export interface ResetStatement extends Node {
  readonly kind: 'reset';
  readonly key: string | undefined;
}
export interface StopJob extends Node {
  readonly kind: 'stopJob';
  readonly jobId: string;
  readonly withSavepoint: boolean;
  readonly withDrain: boolean;
}
/** QUIT, EXIT. */
export interface QuitStatement extends Node {
  readonly kind: 'quit';
}

export type Statement =
  | CreateTable
  | CreateView
  | CreateDatabase
  | CreateCatalog
  | CreateFunction
  | Drop
  | AlterTable
  | Insert
  | StatementSet
  | QueryStatement
  | Explain
  | Show
  | ShowCreate
  | Describe
  | DescribeJob
  | UseDatabase
  | UseCatalog
  | SetStatement
  | ResetStatement
  | StopJob
  | QuitStatement;

/** Any node, for walkers and printers. */
export type AstNode = Statement | Expression | QueryBody | TableReference | TypeNode | QualifiedName | Name;
