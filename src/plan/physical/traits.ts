// What a logical node gives out: kinds of changes, and the keys by which its rows are told apart
// (FlinkChangelogModeInferenceProgram, FlinkRelMdUpsertKeys).
import type { ScanTableSource } from '../../connector/source.ts';
import { ChangelogMode } from '../../types/changelog-mode.ts';
import { RowKind } from '../../types/row.ts';
import { physicalSchema } from '../catalog/table.ts';
import type { CalcRel, LookupJoinRel, RankRel, Rel, ScanRel } from '../logical.ts';
import { inputsOfRex } from '../rex-util.ts';

/** Kinds of changes besides INSERT. */
export interface Modify {
  readonly update: boolean;
  readonly delete: boolean;
}

const INSERT_ONLY: Modify = { update: false, delete: false };

export function modeOf({ update, delete: deletes }: Modify, withBefore: boolean): ChangelogMode {
  const kinds: RowKind[] = [RowKind.INSERT];
  if (update) kinds.push(RowKind.UPDATE_AFTER);
  if (update && withBefore) kinds.push(RowKind.UPDATE_BEFORE);
  if (deletes) kinds.push(RowKind.DELETE);
  return new ChangelogMode(kinds);
}

/** Sources by the table they are read from, and what the session says of them. */
export interface ScanTraits {
  source(scan: ScanRel): ScanTableSource;
  /** Whether the changelog is put in order by primary key. */
  isNormalized(scan: ScanRel): boolean;
}

export function modifyOf(rel: Rel, traits: ScanTraits): Modify {
  switch (rel.kind) {
    case 'scan': {
      const mode = traits.source(rel).changelogMode;
      if (traits.isNormalized(rel)) return { update: true, delete: true };
      return { update: mode.contains(RowKind.UPDATE_AFTER), delete: mode.contains(RowKind.DELETE) };
    }
    case 'values':
      return INSERT_ONLY;
    case 'union': {
      const inputs = rel.inputs.map((r) => modifyOf(r, traits));
      return { update: inputs.some((m) => m.update), delete: inputs.some((m) => m.delete) };
    }
    case 'aggregate': {
      const input = modifyOf(rel.input, traits);
      return { update: rel.calls.length > 0, delete: input.update || input.delete };
    }
    case 'limit': {
      // What an update pushes out is a DELETE, what comes in an INSERT.
      const input = modifyOf(rel.input, traits);
      return { update: false, delete: input.update || input.delete };
    }
    case 'rank': {
      const dedup = deduplicationOf(rel, traits);
      if (dedup !== null) return { update: dedup === 'last', delete: false };
      return { update: true, delete: true };
    }
    case 'lookupJoin':
    case 'join':
      return modifyOf(rel.left, traits);
    default:
      return modifyOf(rel.input, traits);
  }
}

/** Sets of columns, each of which identifies a row. */
export function upsertKeysOf(rel: Rel): readonly (readonly number[])[] {
  switch (rel.kind) {
    case 'scan':
      return scanKeys(rel);
    case 'calc':
      return calcKeys(rel);
    case 'aggregate':
      return [rel.grouping.map((_, i) => i)];
    case 'limit':
      return upsertKeysOf(rel.input);
    case 'lookupJoin':
      return lookupKeys(rel);
    case 'rank':
      return rankKeys(rel);
    default:
      return [];
  }
}

/** The primary key's places among the columns that are read; null when one of them is not. */
export function primaryKeyOf(scan: ScanRel): readonly number[] | null {
  const { primaryKey } = physicalSchema(scan.use.table);
  if (primaryKey.length === 0) return null;
  const places = primaryKey.map((k) => scan.columns.indexOf(k));
  return places.includes(-1) ? null : places;
}

function scanKeys(scan: ScanRel): readonly (readonly number[])[] {
  const key = primaryKeyOf(scan);
  return key === null ? [] : [key];
}

/**
 * A row of the input stays one; where only one row of a partition is left, the partition tells rows apart. A key of the input
 * that does not hold the partition is none any more: its changes come from several partitions, in any order.
 */
function rankKeys(rel: RankRel): readonly (readonly number[])[] {
  const number = rel.input.schema.fields.length;
  return [
    ...(rel.start === rel.end ? [rel.partition] : []),
    ...(rel.withNumber ? [[...rel.partition, number]] : []),
    ...upsertKeysOf(rel.input).filter((key) => rel.partition.every((column) => key.includes(column))),
  ];
}

/** Which row of each partition is kept, where arrival alone decides and no row is ever taken back; else null. */
export function deduplicationOf(rel: RankRel, traits: ScanTraits): 'first' | 'last' | null {
  if (rel.order.length > 0 || rel.start !== 1 || rel.end !== 1 || rel.withNumber) return null;
  const input = modifyOf(rel.input, traits);
  if (input.update || input.delete) return null;
  return rel.newestFirst ? 'last' : 'first';
}

function calcKeys(rel: CalcRel): readonly (readonly number[])[] {
  const places = new Map<number, number>();
  for (const [i, p] of rel.projections.entries()) {
    if (p.kind === 'input' && !places.has(p.index)) places.set(p.index, i);
  }
  return upsertKeysOf(rel.input).flatMap((key) => {
    const moved = key.map((k) => places.get(k));
    return moved.includes(undefined) ? [] : [moved as number[]];
  });
}

/** A row of the stream meets at most one row of the table when it is asked for by the table's key. */
function lookupKeys(rel: LookupJoinRel): readonly (readonly number[])[] {
  const { primaryKey } = physicalSchema(rel.use.table);
  const asked = new Set(rel.keys.map((k) => k.column));
  const isUnique = primaryKey.length > 0 && primaryKey.every((k) => asked.has(k));
  return isUnique ? upsertKeysOf(rel.left) : [];
}

/** Whether updates may go without their -U: not when a filter can let the +U of a row pass and not its next one. */
export function mayDropUpdateBefore(rel: Rel, traits: ScanTraits): boolean {
  switch (rel.kind) {
    case 'calc': {
      if (rel.condition !== null && modifyOf(rel.input, traits).update) {
        const read = [...inputsOfRex(rel.condition)];
        const keys = upsertKeysOf(rel.input);
        if (!keys.some((key) => read.every((i) => key.includes(i)))) return false;
      }
      return mayDropUpdateBefore(rel.input, traits);
    }
    case 'union':
      return rel.inputs.every((r) => mayDropUpdateBefore(r, traits));
    case 'lookupJoin':
      return mayDropUpdateBefore(rel.left, traits);
    default:
      return true;
  }
}
