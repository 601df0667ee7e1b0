// One SELECT: FROM, WHERE, the select list, and the way around an aggregation.
import type { Expression, Name, Select, SelectItem, Star } from '../../sql/ast.ts';
import { TableError, ValidationError } from '../../types/errors.ts';
import { bindExpression } from '../expression-binder.ts';
import { project, type Rel } from '../logical.ts';
import type { Rex } from '../rex.ts';
import { uniqueNames } from '../rex-util.ts';
import { bindAggregation, containsAggregate, distinctOf } from './aggregate.ts';
import { type BindEnv, plainScope } from './context.ts';
import { didYouMean, unsupported } from './errors.ts';
import { type BoundFrom, bindFrom } from './from.ts';
import { LookupHints } from './hints.ts';
import { isTable, type ScopeColumn } from './scope.ts';
import { oneRow } from './values.ts';
import { WindowBinder } from './window.ts';

/** An item of the select list, stars expanded. */
export interface OutputItem {
  readonly name: string | null;
  readonly value: { readonly expression: Expression } | { readonly rex: Rex };
}

export function bindSelect(select: Select, outer: BindEnv): Rel {
  if (select.qualify !== undefined) throw unsupported('QUALIFY is', select.qualify.span);
  const env = { ...outer, hints: new LookupHints(select.hints) };
  const from = select.from === undefined ? { rel: oneRow(), columns: [] } : bindFrom(select.from, env);
  env.hints.checkUsed(tableNames(from));
  const filtered = select.where === undefined ? from : withFilter(from, select.where, env);
  const items = select.items.flatMap((item) => expandItem(item, filtered));
  const names = uniqueNames(items.map((i) => i.name));
  const rel = isAggregation(select)
    ? bindAggregation(select, items, names, filtered, env)
    : bindProjection(items, names, filtered, env);
  return select.distinct ? distinctOf(rel) : rel;
}

function tableNames(from: BoundFrom): string[] {
  return [...new Set(from.columns.flatMap((c) => c.table.slice(-1)))];
}

function isAggregation(select: Select): boolean {
  return (
    select.groupBy !== undefined ||
    select.having !== undefined ||
    select.items.some((i) => containsAggregate(i.expression))
  );
}

function withFilter(from: BoundFrom, where: Expression, env: BindEnv): BoundFrom {
  if (containsAggregate(where)) {
    throw new ValidationError('Aggregate expression is illegal in WHERE clause', { span: where.span });
  }
  const condition = bindExpression(where, plainScope(from.columns, env, 'WHERE'));
  if (condition.type.root !== 'BOOLEAN' && condition.type.root !== 'NULL') {
    throw new ValidationError('WHERE clause must be a condition', { span: where.span });
  }
  return { ...from, rel: { kind: 'filter', input: from.rel, condition, schema: from.rel.schema } };
}

function bindProjection(
  items: readonly OutputItem[],
  names: readonly string[],
  from: BoundFrom,
  env: BindEnv,
): Rel {
  const windows = new WindowBinder(from, env);
  const scope = windows.scope();
  const projections = items.map(({ value }) =>
    'rex' in value ? value.rex : bindExpression(value.expression, scope),
  );
  return project(windows.rel(), projections, names);
}

function expandItem(item: SelectItem, from: BoundFrom): OutputItem[] {
  const { expression, alias } = item;
  if (expression.kind === 'star') return expandStar(expression, from);
  return [{ name: alias?.value ?? columnName(expression), value: { expression } }];
}

function columnName(expression: Expression): string | null {
  if (expression.kind === 'column') return expression.parts.at(-1)!.value;
  return expression.kind === 'field' ? expression.name.value : null;
}

function expandStar(star: Star, from: BoundFrom): OutputItem[] {
  const columns =
    star.qualifier.length === 0
      ? from.columns.filter((c) => !c.hidden)
      : qualifiedColumns(star.qualifier, from.columns, star);
  if (columns.length === 0) throw new TableError('SELECT * needs a FROM clause.', { span: star.span });
  return columns.map((c) => ({ name: c.name, value: { rex: c.rex } }));
}

function qualifiedColumns(
  qualifier: readonly Name[],
  columns: readonly ScopeColumn[],
  star: Star,
): ScopeColumn[] {
  const path = qualifier.map((n) => n.value);
  const found = columns.filter((c) => !c.merged && isTable(c.table, path));
  if (found.length > 0) return found;
  const tables = columns.flatMap((c) => c.table.slice(-1));
  throw new ValidationError(`Unknown identifier '${path.join('.')}'`, {
    span: star.span,
    ...didYouMean(path.at(-1)!, tables),
  });
}
