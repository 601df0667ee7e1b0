// The logical plan (org.apache.calcite.rel): what a query means, before sources and sinks are asked what they can do.
// Every node knows its output schema; rules replace nodes and never change that schema.
import type { LookupTableSource } from '../connector/lookup.ts';
import type { SourceSpan } from '../types/errors.ts';
import type { Field, Schema } from '../types/schema.ts';
import type { AggregateCall } from './aggregate-call.ts';
import type { ResolvedTable } from './catalog/table.ts';
import type { LookupKey, RankOrder } from './nodes.ts';
import type { Literal, Rex } from './rex.ts';

interface RelBase {
  readonly schema: Schema;
}

/** A table with the options it is used with (WITH, and OPTIONS hints over it). */
export interface TableUse {
  readonly table: ResolvedTable;
  readonly options: ReadonlyMap<string, string>;
  /** The table's name in the query. */
  readonly span: SourceSpan;
}

/** All physical columns, then all metadata columns; `columns` are the places of those that are read. */
export interface ScanRel extends RelBase {
  readonly kind: 'scan';
  readonly use: TableUse;
  readonly columns: readonly number[];
}

export interface ValuesRel extends RelBase {
  readonly kind: 'values';
  readonly tuples: readonly (readonly Literal[])[];
}

export interface ProjectRel extends RelBase {
  readonly kind: 'project';
  readonly input: Rel;
  readonly projections: readonly Rex[];
}

export interface FilterRel extends RelBase {
  readonly kind: 'filter';
  readonly input: Rel;
  readonly condition: Rex;
}

/** Project and filter in one: the condition is over the input. */
export interface CalcRel extends RelBase {
  readonly kind: 'calc';
  readonly input: Rel;
  readonly projections: readonly Rex[];
  readonly condition: Rex | null;
}

export interface WatermarkRel extends RelBase {
  readonly kind: 'watermark';
  readonly input: Rel;
  readonly column: number;
  readonly expression: Rex;
}

/** Options of a LOOKUP hint, checked. */
export interface LookupHint {
  readonly async?: boolean;
  readonly outputMode?: 'ORDERED' | 'ALLOW_UNORDERED';
  readonly capacity?: number;
  readonly timeoutMs?: number;
  readonly retry?: { readonly fixedDelayMs: number; readonly maxAttempts: number };
}

/** Left columns, then right columns. With `period` it is a lookup join: FOR SYSTEM_TIME AS OF `period` (over the left). */
export interface JoinRel extends RelBase {
  readonly kind: 'join';
  readonly left: Rel;
  readonly right: Rel;
  readonly joinType: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL';
  /** Over the joined row. */
  readonly condition: Rex | null;
  readonly period: Rex | null;
  readonly hint: LookupHint;
  readonly span: SourceSpan;
}

/** A join with a lookup table, its source asked for the keys it takes. Left columns, then all physical columns. */
export interface LookupJoinRel extends RelBase {
  readonly kind: 'lookupJoin';
  readonly left: Rel;
  readonly use: TableUse;
  readonly source: LookupTableSource;
  readonly joinType: 'INNER' | 'LEFT';
  readonly keys: readonly LookupKey[];
  readonly condition: Rex | null;
  readonly hint: LookupHint;
}

/** The grouping columns, then the aggregates. */
export interface AggregateRel extends RelBase {
  readonly kind: 'aggregate';
  readonly input: Rel;
  readonly grouping: readonly number[];
  readonly calls: readonly AggregateCall[];
}

/** UNION ALL. */
export interface UnionRel extends RelBase {
  readonly kind: 'union';
  readonly inputs: readonly Rel[];
}

export interface LimitRel extends RelBase {
  readonly kind: 'limit';
  readonly input: Rel;
  readonly offset: number;
  readonly fetch: number | null;
}

/** ROW_NUMBER() OVER (…): the input's columns, then the number. Runs only as a part of a rank. */
export interface RowNumberRel extends RelBase, RankOrder {
  readonly kind: 'rowNumber';
  readonly input: Rel;
  /** Columns of processing time in ORDER BY. */
  readonly times: readonly number[];
  readonly span: SourceSpan;
}

/** Rows `start` to `end` (from 1, both included) of each partition: the input's columns, then the number if it is kept. */
export interface RankRel extends RelBase, RankOrder {
  readonly kind: 'rank';
  readonly input: Rel;
  readonly start: number;
  readonly end: number;
  readonly withNumber: boolean;
}

export type Rel =
  | ScanRel
  | ValuesRel
  | ProjectRel
  | FilterRel
  | CalcRel
  | WatermarkRel
  | JoinRel
  | LookupJoinRel
  | AggregateRel
  | UnionRel
  | LimitRel
  | RowNumberRel
  | RankRel;

export function relInputs(rel: Rel): readonly Rel[] {
  switch (rel.kind) {
    case 'scan':
    case 'values':
      return [];
    case 'join':
      return [rel.left, rel.right];
    case 'lookupJoin':
      return [rel.left];
    case 'union':
      return rel.inputs;
    default:
      return [rel.input];
  }
}

/** The same node over other inputs of the same schemas. */
export function withInputs(rel: Rel, inputs: readonly Rel[]): Rel {
  if (relInputs(rel).every((r, i) => r === inputs[i])) return rel;
  switch (rel.kind) {
    case 'scan':
    case 'values':
      return rel;
    case 'join':
      return { ...rel, left: inputs[0]!, right: inputs[1]! };
    case 'lookupJoin':
      return { ...rel, left: inputs[0]! };
    case 'union':
      return { ...rel, inputs };
    default:
      return { ...rel, input: inputs[0]! };
  }
}

export function project(input: Rel, projections: readonly Rex[], names: readonly string[]): ProjectRel {
  return { kind: 'project', input, projections, schema: namedSchema(projections, names) };
}

export function calc(
  input: Rel,
  projections: readonly Rex[],
  condition: Rex | null,
  names: readonly string[],
): CalcRel {
  return { kind: 'calc', input, projections, condition, schema: namedSchema(projections, names) };
}

function namedSchema(projections: readonly Rex[], names: readonly string[]): Schema {
  return { fields: projections.map((p, i): Field => ({ name: names[i]!, type: p.type })) };
}

export function namesOf(rel: { readonly schema: Schema }): string[] {
  return rel.schema.fields.map((f) => f.name);
}

/** Every scanned or looked-up table below `rel`. */
export function tablesOf(rel: Rel): { use: TableUse; usage: 'scan' | 'lookup' }[] {
  const here: { use: TableUse; usage: 'scan' | 'lookup' }[] = [];
  if (rel.kind === 'scan') here.push({ use: rel.use, usage: 'scan' });
  if (rel.kind === 'lookupJoin') here.push({ use: rel.use, usage: 'lookup' });
  return [...here, ...relInputs(rel).flatMap(tablesOf)];
}
