// VALUES: constants become one node, anything else one projection a row.
import type { Expression, Values } from '../../sql/ast.ts';
import { ValidationError } from '../../types/errors.ts';
import { INT, type LogicalType, withNullable } from '../../types/logical-type.ts';
import { castTo } from '../cast.ts';
import { bindExpression } from '../expression-binder.ts';
import { project, type Rel, type ValuesRel } from '../logical.ts';
import type { Rex } from '../rex.ts';
import { literal } from '../rex-util.ts';
import { leastRestrictive } from '../types/common-type.ts';
import { type BindEnv, plainScope } from './context.ts';

export function bindValues(values: Values, env: BindEnv): Rel {
  const scope = plainScope([], env, 'VALUES');
  const rows = values.rows.map((row) => itemsOf(row).map((item) => bindExpression(item, scope)));
  const width = rows[0]!.length;
  for (const [i, row] of rows.entries()) {
    if (row.length !== width) {
      throw new ValidationError('Values passed to VALUES operator must have compatible types', {
        span: values.rows[i]!.span,
        hint: `The first row has ${width} values, this one ${row.length}.`,
      });
    }
  }
  const types = Array.from({ length: width }, (_, i) => commonType(rows, i, values));
  return valuesOf(
    rows.map((row) => row.map((rex, i) => castTo(rex, types[i]!, { implicit: true }))),
    types,
  );
}

function itemsOf(row: Expression): readonly Expression[] {
  return row.kind === 'row' ? row.items : [row];
}

function commonType(rows: readonly (readonly Rex[])[], column: number, values: Values): LogicalType {
  const type = leastRestrictive(rows.map((row) => row[column]!.type));
  if (type !== undefined) return type;
  throw new ValidationError('Values passed to VALUES operator must have compatible types', {
    span: itemsOf(values.rows.at(-1)!)[column]!.span,
  });
}

function valuesOf(rows: readonly (readonly Rex[])[], types: readonly LogicalType[]): Rel {
  const names = types.map((_, i) => `EXPR$${i}`);
  const schema = { fields: types.map((type, i) => ({ name: names[i]!, type })) };
  if (rows.every((row) => row.every((rex) => rex.kind === 'literal'))) {
    return { kind: 'values', tuples: rows, schema };
  }
  const inputs = rows.map((row) => project(oneRow(), row, names));
  return inputs.length === 1 ? inputs[0]! : { kind: 'union', inputs, schema };
}

/** The single row behind a SELECT without FROM. */
export function oneRow(): ValuesRel {
  const type = withNullable(INT, false);
  return { kind: 'values', tuples: [[literal(0, type)]], schema: { fields: [{ name: 'ZERO', type }] } };
}
