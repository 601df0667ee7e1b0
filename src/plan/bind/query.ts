// A query to a logical plan: CTEs, set operations, VALUES, ORDER BY and LIMIT around SELECT.
import type { Expression, Query, QueryBody, SetOperation } from '../../sql/ast.ts';
import { TableError, ValidationError } from '../../types/errors.ts';
import { BIGINT, BOOLEAN, withNullable } from '../../types/logical-type.ts';
import { castTo } from '../cast.ts';
import { bindExpression } from '../expression-binder.ts';
import { namesOf, project, type Rel } from '../logical.ts';
import { callBuiltIn, conjunction, identityOf, inputRef, literal, sameType } from '../rex-util.ts';
import { leastRestrictive } from '../types/common-type.ts';
import { callOf, distinctOf } from './aggregate.ts';
import { type BindContext, type BindEnv, leftmostSelect, plainScope } from './context.ts';
import { unsupported, validating } from './errors.ts';
import { renameBy } from './from.ts';
import { LookupHints } from './hints.ts';
import { columnScope } from './scope.ts';
import { bindSelect } from './select.ts';
import { bindTablePath } from './table.ts';
import { bindValues } from './values.ts';

/** @throws ValidationError, TableError in Flink's words, with the place */
export function bindRootQuery(query: Query, context: BindContext): Rel {
  const env: BindEnv = { context, ctes: new Map(), hints: LookupHints.none, views: [], bindQuery };
  return validating(() => bindQuery(query, env));
}

function bindQuery(query: Query, outer: BindEnv): Rel {
  const ctes = new Map(outer.ctes);
  for (const cte of query.with) {
    const rel = bindQuery(cte.query, { ...outer, ctes });
    ctes.set(cte.name.value, cte.columns.length === 0 ? rel : renameBy(rel, cte.columns, cte.span));
  }
  const env = { ...outer, ctes };
  const rel = bindBody(query.body, env);
  if (query.orderBy.length > 0) refuseOrder(query, rel, env);
  return limited(query, rel, env);
}

/** Names in ORDER BY are checked before sorting is refused. */
function refuseOrder(query: Query, rel: Rel, env: BindEnv): never {
  const scope = columnScope(rel.schema.fields, env.context.functions);
  const names = namesOf(rel);
  for (const { expression } of query.orderBy) {
    const isOutput = expression.kind === 'column' && names.includes(expression.parts[0]!.value);
    if (isOutput) bindExpression(expression, scope);
  }
  throw new TableError('Sort on a non-time-attribute field is not supported.', {
    span: query.orderBy[0]!.span,
  });
}

function limited(query: Query, rel: Rel, env: BindEnv): Rel {
  if (query.offset === undefined && query.fetch === undefined) return rel;
  const offset = query.offset === undefined ? 0 : countOf(query.offset, env);
  const fetch = query.fetch === undefined ? null : countOf(query.fetch, env);
  return { kind: 'limit', input: rel, offset, fetch, schema: rel.schema };
}

function countOf(expression: Expression, env: BindEnv): number {
  const rex = bindExpression(expression, plainScope([], env, 'LIMIT'));
  const count = rex.kind === 'literal' ? Number(rex.value) : Number.NaN;
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new ValidationError('LIMIT and OFFSET take a number of rows, 0 or more', { span: expression.span });
}

function bindBody(body: QueryBody, env: BindEnv): Rel {
  switch (body.kind) {
    case 'select':
      return bindSelect(body, env);
    case 'values':
      return bindValues(body, env);
    case 'query':
      return bindQuery(body, env);
    case 'setOperation':
      return bindSetOperation(body, env);
    case 'explicitTable': {
      const { name, span } = body;
      const path = { kind: 'table' as const, name, hints: [], systemTime: undefined, alias: undefined, span };
      return bindTablePath(path, env).rel;
    }
  }
}

function bindSetOperation(node: SetOperation, env: BindEnv): Rel {
  const inputs = operands(node, node, env);
  const word = node.all ? `${node.op} ALL` : node.op;
  const [first] = inputs;
  const width = first!.schema.fields.length;
  if (inputs.some((r) => r.schema.fields.length !== width)) {
    throw new ValidationError(`Column count mismatch in ${word}`, { span: node.right.span });
  }
  const types = first!.schema.fields.map((_, i) => {
    const type = leastRestrictive(inputs.map((r) => r.schema.fields[i]!.type));
    if (type === undefined) {
      const span = leftmostSelect(node.left)?.items[i]?.span ?? node.span;
      throw new ValidationError(`Type mismatch in column ${i + 1} of ${word}`, { span });
    }
    return type;
  });
  const names = namesOf(first!);
  const aligned = inputs.map((rel) => {
    const { fields } = rel.schema;
    if (fields.every((f, i) => sameType(f.type, types[i]!) && f.name === names[i])) return rel;
    const casts = identityOf(fields).map((ref, i) => castTo(ref, types[i]!, { implicit: true }));
    return project(rel, casts, names);
  });
  const schema = { fields: names.map((name, i) => ({ name, type: types[i]! })) };
  if (node.op === 'UNION') {
    const union: Rel = { kind: 'union', inputs: aligned, schema };
    return node.all ? union : distinctOf(union);
  }
  if (node.all) throw unsupported(`${word} is`, node.span, `${node.op} without ALL is.`);
  return membership(node.op, aligned, schema);
}

/** The inputs of a run of the same operation, where the order of evaluation does not matter. */
function operands(node: SetOperation, root: SetOperation, env: BindEnv): Rel[] {
  const left =
    root.op === 'UNION' &&
    node.left.kind === 'setOperation' &&
    node.left.op === 'UNION' &&
    node.left.all === root.all
      ? operands(node.left, root, env)
      : [bindBody(node.left, env)];
  return [...left, bindBody(node.right, env)];
}

/** INTERSECT and EXCEPT: each row once, by which side it comes from. */
function membership(op: 'INTERSECT' | 'EXCEPT', sides: readonly Rel[], schema: Rel['schema']): Rel {
  const width = schema.fields.length;
  const flag = withNullable(BOOLEAN, false);
  const marked = sides.map((rel, side) =>
    project(
      rel,
      [...identityOf(schema.fields), literal(side === 0, flag), literal(side === 1, flag)],
      [...namesOf({ schema }), 'left$', 'right$'],
    ),
  );
  const union: Rel = { kind: 'union', inputs: marked, schema: marked[0]!.schema };
  const count = (filter: number, name: string) => callOf('COUNT', [], [], { filter, name });
  const calls = [count(width, 'left$'), count(width + 1, 'right$')];
  const grouped: Rel = {
    kind: 'aggregate',
    input: union,
    grouping: schema.fields.map((_, i) => i),
    calls,
    schema: { fields: [...schema.fields, ...calls.map(({ name, type }) => ({ name, type }))] },
  };
  const zero = literal(0n, withNullable(BIGINT, false));
  const [left, right] = calls.map((c, i) => inputRef(width + i, c.type));
  const condition = conjunction([
    callBuiltIn('>', [left!, zero]),
    callBuiltIn(op === 'INTERSECT' ? '>' : '=', [right!, zero]),
  ])!;
  const kept: Rel = { kind: 'filter', input: grouped, condition, schema: grouped.schema };
  return project(kept, identityOf(schema.fields), namesOf({ schema }));
}
