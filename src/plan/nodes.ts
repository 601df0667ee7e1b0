// The physical plan (org.apache.flink.table.planner.plan.nodes.exec): what EXPLAIN prints and the runtime runs. Nodes are
// data; a node that two others read is one object (a statement set's shared scan).
import type { LookupTableSource } from '../connector/lookup.ts';
import type { DynamicTableSink, SinkTarget } from '../connector/sink.ts';
import type { ScanProjection, ScanTableSource } from '../connector/source.ts';
import type { ChangelogMode } from '../types/changelog-mode.ts';
import type { Row } from '../types/row.ts';
import type { ObjectIdentifier, Schema } from '../types/schema.ts';
import type { AggregateCall } from './aggregate-call.ts';
import type { Rex } from './rex.ts';

interface NodeBase {
  /** Names and types of the rows that the node gives out. */
  readonly schema: Schema;
  /** Kinds of changes that it gives out. */
  readonly changelogMode: ChangelogMode;
  /** Sets of columns that each identify a row of the node's result; empty: none known. */
  readonly upsertKeys: readonly (readonly number[])[];
}

export interface TableSourceScan extends NodeBase {
  readonly kind: 'scan';
  readonly table: ObjectIdentifier;
  readonly source: ScanTableSource;
  readonly projection: ScanProjection;
  /** All physical columns in their order and no metadata: EXPLAIN then shows no projection. */
  readonly readsAll?: boolean;
}

export interface ValuesNode extends NodeBase {
  readonly kind: 'values';
  /** Constants, in the internal representation. */
  readonly tuples: readonly Row[];
}

export interface CalcNode extends NodeBase {
  readonly kind: 'calc';
  readonly input: PhysicalNode;
  readonly projections: readonly Rex[];
  readonly condition: Rex | null;
}

/** Where the value of a lookup key comes from: a column of the stream or a constant. */
export interface LookupKey {
  /** Column of the dimension table. */
  readonly column: number;
  readonly value: Rex & { readonly kind: 'input' | 'literal' };
}

export interface AsyncLookup {
  readonly outputMode: 'ORDERED' | 'ALLOW_UNORDERED';
  /** Rows in flight. */
  readonly capacity: number;
  readonly timeoutMs: number;
}

/** Asks again when there is no match (LOOKUP hint, `retry-predicate` = `lookup_miss`). */
export interface LookupRetry {
  readonly fixedDelayMs: number;
  /** Asked at most this often again. */
  readonly maxAttempts: number;
}

/** Rows out: the input's columns, then all physical columns of the dimension table. */
export interface LookupJoinNode extends NodeBase {
  readonly kind: 'lookupJoin';
  readonly input: PhysicalNode;
  readonly table: ObjectIdentifier;
  readonly source: LookupTableSource;
  readonly joinType: 'INNER' | 'LEFT';
  /** The keys that the source is asked by, in the order it named them. */
  readonly keys: readonly LookupKey[];
  /** Columns of the dimension table, for padding. */
  readonly dimension: Schema;
  /** Over the joined row; a row of the dimension table that fails it is no match. Holds every equality that is no key. */
  readonly condition: Rex | null;
  /** Null: results in input order (`async = false`). */
  readonly async: AsyncLookup | null;
  readonly retry: LookupRetry | null;
}

export interface UnionNode extends NodeBase {
  readonly kind: 'union';
  readonly inputs: readonly PhysicalNode[];
}

/** Makes a full changelog of an upsert stream: keeps the last row of each key in state. */
export interface ChangelogNormalizeNode extends NodeBase {
  readonly kind: 'changelogNormalize';
  readonly input: PhysicalNode;
  readonly key: readonly number[];
}

export interface DropUpdateBeforeNode extends NodeBase {
  readonly kind: 'dropUpdateBefore';
  readonly input: PhysicalNode;
}

/** Rows out: the grouping columns, then the aggregates. */
export interface GroupAggregateNode extends NodeBase {
  readonly kind: 'groupAggregate';
  readonly input: PhysicalNode;
  readonly grouping: readonly number[];
  readonly aggregates: readonly AggregateCall[];
}

/** The first `fetch` rows after `offset`; later changes that push them out are retracted. */
export interface LimitNode extends NodeBase {
  readonly kind: 'limit';
  readonly input: PhysicalNode;
  readonly offset: number;
  /** Null: all. */
  readonly fetch: number | null;
}

/** The first or the last row of each key, by arrival, of a stream of inserts. */
export interface DeduplicateNode extends NodeBase {
  readonly kind: 'deduplicate';
  readonly input: PhysicalNode;
  readonly key: readonly number[];
  readonly keep: 'first' | 'last';
}

/** A column that rows are ranked by. */
export interface SortKey {
  readonly column: number;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** How rows of a partition are ranked: by columns, and those that are equal in them by their arrival. */
export interface RankOrder {
  readonly partition: readonly number[];
  readonly order: readonly SortKey[];
  /** Whether the row that came last goes first: ORDER BY a processing time DESC. */
  readonly newestFirst: boolean;
}

/** Rows `start` to `end` of each partition, from 1; `withNumber`: the number is the last column. */
export interface RankNode extends NodeBase, RankOrder {
  readonly kind: 'rank';
  readonly input: PhysicalNode;
  readonly start: number;
  readonly end: number;
  readonly withNumber: boolean;
}

/** Where rows go from one thread to another: to the subtask that their key names, to the only one, or to one after the other. */
export type Distribution =
  | { readonly kind: 'hash'; readonly keys: readonly number[] }
  | { readonly kind: 'single' }
  | { readonly kind: 'rebalance' };

/** Only in plans of jobs that run in several threads. */
export interface ExchangeNode extends NodeBase {
  readonly kind: 'exchange';
  readonly input: PhysicalNode;
  readonly distribution: Distribution;
  /** Subtasks behind it. */
  readonly parallelism: number;
}

/** What is checked before a row goes into a sink (`table.exec.sink.not-null-enforcer`, `…type-length-enforcer`). */
export interface ConstraintEnforcer {
  /** Columns that may not be null. */
  readonly notNull: readonly { readonly index: number; readonly name: string }[];
  readonly onNull: 'ERROR' | 'DROP';
  /** Columns cut (and CHAR padded) to a length: CHAR, VARCHAR, BINARY, VARBINARY. */
  readonly lengths: readonly {
    readonly index: number;
    readonly name: string;
    readonly length: number;
    readonly pad: boolean;
  }[];
  readonly onLength: 'IGNORE' | 'TRIM_PAD' | 'ERROR';
}

export interface SinkNode extends NodeBase {
  readonly kind: 'sink';
  readonly input: PhysicalNode;
  readonly table: ObjectIdentifier;
  readonly sink: DynamicTableSink;
  readonly target: SinkTarget;
  /** Of the table: columns of the input. */
  readonly primaryKey: readonly number[];
  readonly enforcer: ConstraintEnforcer;
  /** SinkUpsertMaterializer in front of the sink: columns of the sink's primary key, or null for none. */
  readonly upsertMaterialize: readonly number[] | null;
  /** The input's own upsert key, by which the materializer finds a row again; null: the whole row. */
  readonly inputUpsertKey: readonly number[] | null;
}

/** The result of a SELECT, handed to whoever asked. */
export interface CollectNode extends NodeBase {
  readonly kind: 'collect';
  readonly input: PhysicalNode;
}

export type PhysicalNode =
  | TableSourceScan
  | ValuesNode
  | CalcNode
  | LookupJoinNode
  | UnionNode
  | ChangelogNormalizeNode
  | DropUpdateBeforeNode
  | GroupAggregateNode
  | LimitNode
  | DeduplicateNode
  | RankNode
  | ExchangeNode;

export type RootNode = SinkNode | CollectNode;

/** One job: an INSERT, a statement set, or a SELECT. */
export interface JobPlan {
  /** `pipeline.name`, or `insert-into_<catalog>.<database>.<table>`, or `collect`. */
  readonly name: string;
  readonly roots: readonly RootNode[];
  /** Threads that it runs in (`parallelism.default`). */
  readonly parallelism: number;
  /** Options that have no effect and the like; printed before the job starts. */
  readonly warnings: readonly string[];
}

/** Direct inputs of a node. */
export function inputsOf(node: PhysicalNode | RootNode): readonly PhysicalNode[] {
  if (node.kind === 'scan' || node.kind === 'values') return [];
  return node.kind === 'union' ? node.inputs : [node.input];
}

/** Roots first, every node once, before its inputs. */
export function nodesOf(roots: readonly RootNode[]): (PhysicalNode | RootNode)[] {
  const order: (PhysicalNode | RootNode)[] = [];
  const seen = new Set<PhysicalNode | RootNode>();
  const visit = (node: PhysicalNode | RootNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const input of inputsOf(node)) visit(input);
    order.push(node);
  };
  for (const root of roots) visit(root);
  return order.reverse();
}
