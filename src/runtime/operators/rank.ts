// Rank: the rows of each partition in order, and of them those from `start` to `end`
// (org.apache.flink.table.runtime.operators.rank). A stream of inserts needs no more than `end` rows of a partition; a
// changelog all of them, since what leaves makes room for what waits.
import { BatchBuilder } from '../../connector/batch-builder.ts';
import type { RankNode } from '../../plan/nodes.ts';
import { compareValues } from '../../types/compare.ts';
import { kindAt, type Row, type RowBatch, RowKind } from '../../types/row.ts';
import { emit, type Operator, type Output } from '../operator.ts';
import { keptKey, keyOf, type RowKey, valuesEqual } from '../row-key.ts';

export function rankOperator(node: RankNode, output: Output): Operator {
  const { start, end } = node;
  const keyFor = keyOf(node.partition);
  const insertOnly = node.input.changelogMode.containsOnly(RowKind.INSERT);
  const compare = comparator(node);
  const isSame = sameRow(node);
  const partitions = new Map<RowKey, Row[]>();
  const out = new BatchBuilder();
  const tell = teller(node, out);

  function insert(rows: Row[], row: Row): void {
    const at = placeOf(rows, row, compare, node.newestFirst);
    if (insertOnly && at >= end) return;
    rows.splice(at, 0, row);
    if (insertOnly && rows.length > end) rows.length = end;
  }

  /** What never came is not taken away. */
  function remove(rows: Row[], row: Row): void {
    let at = placeOf(rows, row, compare, true);
    while (at < rows.length && !isSame(rows[at]!, row) && compare(rows[at]!, row) === 0) at++;
    if (at < rows.length && isSame(rows[at]!, row)) rows.splice(at, 1);
  }

  /** Takes the row, with the +U behind its -U: what is told is the difference that both make. @returns the next one */
  function take(batch: RowBatch, i: number): number {
    const row = batch.rows[i]!;
    const key = keyFor(row);
    const known = partitions.get(key);
    const rows = known ?? [];
    const before = rows.slice(start - 1, end);
    let next = i + 1;
    const kind = kindAt(batch, i);
    if (kind === RowKind.INSERT || kind === RowKind.UPDATE_AFTER) insert(rows, row);
    else {
      remove(rows, row);
      const after = batch.rows[next];
      const isUpdate = kind === RowKind.UPDATE_BEFORE && batch.kinds?.[next] === RowKind.UPDATE_AFTER;
      if (isUpdate && after !== undefined && keyFor(after) === key) {
        insert(rows, after);
        next++;
      }
    }
    if (rows.length === 0) partitions.delete(key);
    else if (known === undefined) partitions.set(keptKey(key), rows);
    tell(before, rows.slice(start - 1, end));
    return next;
  }

  return {
    process(batch) {
      for (let i = 0; i < batch.rows.length; ) i = take(batch, i);
      return emit(out.take(), output);
    },
    *snapshot() {
      // A copy: the lists go on changing while a checkpoint is written.
      for (const rows of partitions.values()) yield [...rows];
    },
    stateKey: (rows) => keyFor((rows as Row[])[0]!),
    restore(entries) {
      for (const rows of entries as Row[][]) partitions.set(keyFor(rows[0]!), [...rows]);
    },
  };
}

type Comparator = (a: Row, b: Row) => number;

function comparator({ order }: RankNode): Comparator {
  return (a, b) => {
    for (const { column, descending, nullsFirst } of order) {
      const x = a[column] ?? null;
      const y = b[column] ?? null;
      if (x === null || y === null) {
        if (x === y) continue;
        return (x === null) === nullsFirst ? -1 : 1;
      }
      const c = compareValues(x, y);
      if (c !== 0) return descending ? -c : c;
    }
    return 0;
  };
}

/** Before (`first`) or behind the rows that are equal in order. */
function placeOf(rows: readonly Row[], row: Row, compare: Comparator, first: boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const c = compare(rows[middle]!, row);
    if (c < 0 || (c === 0 && !first)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A processing time is another one each time the row comes by. */
function sameRow({ input }: RankNode): (a: Row, b: Row) => boolean {
  const compared = input.schema.fields.flatMap(({ type }, i) =>
    type.root === 'TIMESTAMP_LTZ' && type.kind === 'PROCTIME' ? [] : [i],
  );
  return (a, b) => compared.every((i) => valuesEqual(a[i], b[i]));
}

/** Tells what has changed between two states of the ranks that are given out. */
function teller(node: RankNode, out: BatchBuilder): (before: readonly Row[], after: readonly Row[]) => void {
  const withBefore = node.changelogMode.contains(RowKind.UPDATE_BEFORE);
  const isSame = sameRow(node);
  const update = (old: Row, row: Row) => {
    if (withBefore) out.addKind(old, RowKind.UPDATE_BEFORE);
    out.addKind(row, RowKind.UPDATE_AFTER);
  };

  /** Each rank is a row of its own: what moves up or down updates the ranks that it passes. */
  function numbered(before: readonly Row[], after: readonly Row[]): void {
    const at = (row: Row, i: number): Row => [...row, BigInt(node.start + i)];
    for (let i = 0; i < Math.max(before.length, after.length); i++) {
      const old = before[i];
      const row = after[i];
      if (old === undefined) out.add(at(row!, i));
      else if (row === undefined) out.addKind(at(old, i), RowKind.DELETE);
      else if (old !== row && !isSame(old, row)) update(at(old, i), at(row, i));
    }
  }

  function plain(before: readonly Row[], after: readonly Row[]): void {
    const [leaving, coming] = withoutUnchanged(without(before, after), without(after, before), isSame);
    if (node.start === node.end && leaving.length === 1 && coming.length === 1) {
      update(leaving[0]!, coming[0]!);
      return;
    }
    for (const old of leaving) out.addKind(old, RowKind.DELETE);
    for (const row of coming) out.add(row);
  }

  return node.withNumber ? numbered : plain;
}

/** Rows of `a` that are not among `b`, by identity; one that is there twice counts twice. */
function without(a: readonly Row[], b: readonly Row[]): Row[] {
  let from = 0;
  while (from < a.length && a[from] === b[from]) from++;
  if (from === a.length) return [];
  const others = new Map<Row, number>();
  for (let i = from; i < b.length; i++) others.set(b[i]!, (others.get(b[i]!) ?? 0) + 1);
  return a.slice(from).filter((row) => {
    const count = others.get(row) ?? 0;
    if (count > 0) others.set(row, count - 1);
    return count === 0;
  });
}

/** Pairs off rows that an update has left as they were. */
function withoutUnchanged(
  leaving: Row[],
  coming: Row[],
  isSame: (a: Row, b: Row) => boolean,
): [leaving: readonly Row[], coming: readonly Row[]] {
  if (leaving.length === 0 || coming.length === 0) return [leaving, coming];
  const rest = [...coming];
  const gone = leaving.filter((old) => {
    const at = rest.findIndex((row) => isSame(old, row));
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return [gone, rest];
}
