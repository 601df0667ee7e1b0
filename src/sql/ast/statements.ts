// The syntax tree of statements.

import type { Expression } from './expressions.ts';
import type { Name, Node, OptionNode, QualifiedName, TypeNode } from './names.ts';
import type { Hint, Query } from './queries.ts';

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
  /** `ON CONFLICT DO …` of Flink 2.3: what counts when rows of several keys of the query meet in one key of the table. */
  readonly conflict: ConflictAction | undefined;
}
export type ConflictAction = 'DEDUPLICATE' | 'NOTHING' | 'ERROR';
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
