// Calc(select=[…], where=[…]): projections and a filter, row by row over a batch.
import { compileExpression, compilePredicate } from '../../plan/compile/expression.ts';
import type { CalcNode } from '../../plan/nodes.ts';
import type { EvalContext } from '../../plan/rex.ts';
import type { Row, RowBatch } from '../../types/row.ts';
import { emit, type Operator, type Output } from '../operator.ts';

export function calcOperator(node: CalcNode, context: EvalContext, output: Output): Operator {
  const condition = node.condition === null ? null : compilePredicate(node.condition, context);
  const project = isIdentity(node) ? null : compileProjection(node, context);
  if (condition === null) {
    if (project === null) return { process: output };
    return { process: (batch) => output({ rows: batch.rows.map(project), kinds: batch.kinds }) };
  }
  return { process: (batch) => emit(filterMap(batch, condition, project), output) };
}

function isIdentity(node: CalcNode): boolean {
  return (
    node.projections.length === node.input.schema.fields.length &&
    node.projections.every((p, i) => p.kind === 'input' && p.index === i)
  );
}

/** The input's columns where the node projects nothing else, or null. */
export function plainColumns(node: CalcNode): readonly number[] | null {
  return node.projections.every((p) => p.kind === 'input') ? node.projections.map((p) => p.index) : null;
}

/** One closure for all columns; a list of plain columns needs no closures at all. */
function compileProjection(node: CalcNode, context: EvalContext): (row: Row) => Row {
  const plain = plainColumns(node);
  if (plain !== null) return (row) => pick(row, plain);
  const columns = node.projections.map((p) => compileExpression(p, context));
  const width = columns.length;
  return (row) => {
    const out = new Array<unknown>(width);
    for (let i = 0; i < width; i++) out[i] = columns[i]!(row);
    return out;
  };
}

function pick(row: Row, indexes: readonly number[]): Row {
  const out = new Array<unknown>(indexes.length);
  for (let i = 0; i < indexes.length; i++) out[i] = row[indexes[i]!];
  return out;
}

function filterMap(
  batch: RowBatch,
  condition: (row: Row) => boolean,
  project: ((row: Row) => Row) | null,
): RowBatch {
  const rows: Row[] = [];
  const kinds = batch.kinds === null ? null : new Uint8Array(batch.rows.length);
  for (let i = 0; i < batch.rows.length; i++) {
    const row = batch.rows[i]!;
    if (!condition(row)) continue;
    if (kinds !== null) kinds[rows.length] = batch.kinds![i]!;
    rows.push(project === null ? row : project(row));
  }
  return { rows, kinds: kinds === null ? null : kinds.subarray(0, rows.length) };
}
