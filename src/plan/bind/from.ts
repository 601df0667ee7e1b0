// FROM: tables, sub-queries and joins, with the columns that the rest of the SELECT can name.
import type { Expression, Join, Name, TableAlias, TablePath, TableReference } from '../../sql/ast.ts';
import { type SourceSpan, TableError, ValidationError } from '../../types/errors.ts';
import { isCharacter, type LogicalType, typeToSqlString, withNullable } from '../../types/logical-type.ts';
import { bindExpression } from '../expression-binder.ts';
import type { JoinRel, Rel } from '../logical.ts';
import type { Rex } from '../rex.ts';
import { callBuiltIn, conjunction, inputRef, shiftInputs, uniqueNames } from '../rex-util.ts';
import { type BindEnv, plainScope } from './context.ts';
import { didYouMean, failedValidation, unsupported } from './errors.ts';
import type { ScopeColumn } from './scope.ts';
import { bindTablePath, renamed } from './table.ts';

export interface BoundFrom {
  readonly rel: Rel;
  /** Names of `rel`'s columns; the row's columns by index. */
  readonly columns: readonly ScopeColumn[];
}

export function bindFrom(reference: TableReference, env: BindEnv): BoundFrom {
  switch (reference.kind) {
    case 'table':
      if (reference.systemTime !== undefined) {
        throw failedValidation(
          'FOR SYSTEM_TIME AS OF is only supported on the right side of a join.',
          reference.systemTime.span,
        );
      }
      return bindTableReference(reference, env);
    case 'derived': {
      if (reference.lateral) throw unsupported('A LATERAL sub-query is', reference.span);
      const rel = env.bindQuery(reference.query, env);
      return aliased(rel, reference.alias, [], reference.span);
    }
    case 'join':
      return bindJoin(reference, env);
    case 'unnest':
      throw unsupported('UNNEST is', reference.span);
    case 'tableFunction': {
      const name = reference.call.name.parts.map((p) => p.value).join('.');
      throw unsupported(`The table function ${name} is`, reference.span);
    }
  }
}

function bindTableReference(path: TablePath, env: BindEnv): BoundFrom {
  const { rel, names } = bindTablePath(path, env);
  return aliased(rel, path.alias, names, path.span);
}

function aliased(
  rel: Rel,
  alias: TableAlias | undefined,
  path: readonly string[],
  span: SourceSpan,
): BoundFrom {
  const table = alias === undefined ? path : [alias.name.value];
  const named = alias === undefined || alias.columns.length === 0 ? rel : renameBy(rel, alias.columns, span);
  const columns = named.schema.fields.map((f, i) => ({ table, name: f.name, rex: inputRef(i, f.type) }));
  return { rel: named, columns };
}

/** @throws ValidationError when the number of names differs */
export function renameBy(rel: Rel, names: readonly Name[], span: SourceSpan): Rel {
  const { fields } = rel.schema;
  if (names.length !== fields.length) {
    throw new ValidationError(
      `List of column aliases must have same degree as table; table has ${fields.length} columns (${fields
        .map((f) => `'${f.name}'`)
        .join(', ')}), whereas alias list has ${names.length} columns`,
      { span },
    );
  }
  return renamed(
    rel,
    names.map((n) => n.value),
  );
}

const JOIN_TYPES = {
  INNER: 'INNER',
  CROSS: 'INNER',
  COMMA: 'INNER',
  LEFT: 'LEFT',
  RIGHT: 'RIGHT',
  FULL: 'FULL',
} as const;

function bindJoin(join: Join, env: BindEnv): BoundFrom {
  const left = bindFrom(join.left, env);
  const systemTime = join.right.kind === 'table' ? join.right.systemTime : undefined;
  const right =
    systemTime === undefined ? bindFrom(join.right, env) : bindTableReference(join.right as TablePath, env);
  const joinType = JOIN_TYPES[join.type];
  const period = systemTime === undefined ? null : bindPeriod(systemTime, left, env);
  const both = joinedColumns(left, right, joinType);
  const { condition, columns } = bindCondition(join, left, right, both, env);
  const names = uniqueNames([...left.rel.schema.fields, ...right.rel.schema.fields].map((f) => f.name));
  const rel: JoinRel = {
    kind: 'join',
    left: left.rel,
    right: right.rel,
    joinType,
    condition,
    period,
    hint: period === null ? {} : env.hints.find(hintNames(join.right as TablePath)),
    span: join.right.span,
    schema: { fields: names.map((name, i) => ({ name, type: both[i]!.rex.type })) },
  };
  return { rel, columns };
}

/** What a hint may call a table: its alias, as newer versions of Flink ask for, or its name, as older ones do. */
function hintNames(path: TablePath): string[] {
  const parts = path.name.parts.map((p) => p.value);
  const names = [parts.join('.'), parts.at(-1)!];
  return path.alias === undefined ? names : [path.alias.name.value, ...names];
}

/** Every column of the joined row by its index, the side that an outer join pads nullable. */
function joinedColumns(left: BoundFrom, right: BoundFrom, joinType: JoinRel['joinType']): ScopeColumn[] {
  const padsLeft = joinType === 'RIGHT' || joinType === 'FULL';
  const padsRight = joinType === 'LEFT' || joinType === 'FULL';
  const pad = (type: LogicalType, padded: boolean) => (padded ? withNullable(type, true) : type);
  const width = left.rel.schema.fields.length;
  return [
    ...left.rel.schema.fields.map((f, i) => ({
      table: [],
      name: f.name,
      rex: inputRef(i, pad(f.type, padsLeft)),
    })),
    ...right.rel.schema.fields.map((f, i) => ({
      table: [],
      name: f.name,
      rex: inputRef(width + i, pad(f.type, padsRight)),
    })),
  ];
}

/** FOR SYSTEM_TIME AS OF: a processing time attribute of the left side. */
function bindPeriod(expression: Expression, left: BoundFrom, env: BindEnv): Rex {
  if (expression.kind !== 'column') {
    const text =
      expression.kind === 'call' ? `${expression.name.parts.at(-1)!.value.toUpperCase()}()` : 'this';
    throw failedValidation(
      `Unsupported time travel expression: ${text} for the expression can not be reduced to a constant by Flink.`,
      expression.span,
      'Give the stream a column `proctime AS PROCTIME()` and name it here.',
    );
  }
  const period = bindExpression(expression, plainScope(left.columns, env, 'FOR SYSTEM_TIME AS OF'));
  const { type } = period;
  if (type.root !== 'TIMESTAMP' && type.root !== 'TIMESTAMP_LTZ') {
    throw new ValidationError(
      `The system time period specification expects Timestamp type but is '${sqlTypeName(type)}'`,
      { span: expression.span },
    );
  }
  if (type.kind === 'ROWTIME') {
    throw new TableError('Event-time temporal joins are not supported: only processing time is.', {
      span: expression.span,
      hint: 'Give the stream a column `proctime AS PROCTIME()` and name it here.',
    });
  }
  if (type.kind !== 'PROCTIME' || period.kind !== 'input') {
    throw new TableError(
      "Temporal table join currently only supports 'FOR SYSTEM_TIME AS OF' left table's time attribute field",
      { span: expression.span, hint: 'Give the stream a column `proctime AS PROCTIME()` and name it here.' },
    );
  }
  return period;
}

function sqlTypeName(type: LogicalType): string {
  const name = typeToSqlString(withNullable(type, true));
  return name === 'INT' ? 'INTEGER' : name;
}

interface Condition {
  readonly condition: Rex | null;
  readonly columns: readonly ScopeColumn[];
}

function bindCondition(
  join: Join,
  left: BoundFrom,
  right: BoundFrom,
  both: readonly ScopeColumn[],
  env: BindEnv,
): Condition {
  const width = left.rel.schema.fields.length;
  const columns = [
    ...left.columns.map((c) => moved(c, both, 0)),
    ...right.columns.map((c) => moved(c, both, width)),
  ];
  const shared = join.natural ? commonNames(left, right) : join.using;
  if (shared !== undefined) return mergeColumns(shared, left, right, columns);
  if (join.on === undefined) return { condition: null, columns };
  checkOperandTypes(join.on, plainScope(columns, env, 'ON'));
  const condition = bindExpression(join.on, plainScope(columns, env, 'ON'));
  if (condition.type.root !== 'BOOLEAN') {
    throw new ValidationError('ON clause must be a condition', { span: join.on.span });
  }
  return { condition, columns };
}

/** A column of one side in the joined row. */
function moved(column: ScopeColumn, both: readonly ScopeColumn[], offset: number): ScopeColumn {
  if (column.rex.kind === 'input') {
    return { ...column, rex: both[column.rex.index + offset]!.rex };
  }
  return { ...column, rex: shiftInputs(column.rex, (i) => i + offset) };
}

/** Flink does not compare a text with a number in a join's condition, whatever it would cast elsewhere. */
function checkOperandTypes(condition: Expression, scope: ReturnType<typeof plainScope>): void {
  if (condition.kind !== 'binary') return;
  if (condition.op === 'AND') {
    checkOperandTypes(condition.left, scope);
    checkOperandTypes(condition.right, scope);
    return;
  }
  if (condition.op !== '=') return;
  const left = bindExpression(condition.left, scope).type;
  const right = bindExpression(condition.right, scope).type;
  if (isCharacter(left) === isCharacter(right) || left.root === 'NULL' || right.root === 'NULL') return;
  throw new TableError(
    `implicit type conversion between ${sqlTypeName(left)} and ${sqlTypeName(right)} is not supported on join's condition now`,
    { span: condition.span, hint: 'Cast the column of the stream: CAST(… AS …).' },
  );
}

function commonNames(left: BoundFrom, right: BoundFrom): Name[] {
  const names = new Set(right.columns.map((c) => c.name));
  const span = { line: 1, column: 1, endLine: 1, endColumn: 1, start: 0, end: 0 };
  return left.columns.flatMap((c) =>
    names.has(c.name) && !c.hidden ? [{ kind: 'name' as const, value: c.name, span }] : [],
  );
}

/** USING and NATURAL: the named columns are equal and stand once, first in `*`. */
function mergeColumns(
  names: readonly Name[],
  left: BoundFrom,
  right: BoundFrom,
  columns: readonly ScopeColumn[],
): Condition {
  const equalities: Rex[] = [];
  const merged: ScopeColumn[] = [];
  const hidden = new Set<number>();
  for (const name of names) {
    const l = sideColumn(name, left, 0);
    const r = sideColumn(name, right, left.columns.length);
    const pair = [columns[l]!.rex, columns[r]!.rex];
    equalities.push(callBuiltIn('=', pair));
    merged.push({ table: [], name: name.value, rex: callBuiltIn('COALESCE', pair), merged: true });
    hidden.add(l).add(r);
  }
  return {
    condition: conjunction(equalities),
    columns: [...merged, ...columns.map((c, i) => (hidden.has(i) ? { ...c, hidden: true } : c))],
  };
}

function sideColumn(name: Name, side: BoundFrom, offset: number): number {
  const found = side.columns.flatMap((c, i) => (c.name === name.value && !c.hidden ? [i] : []));
  if (found.length === 1) return found[0]! + offset;
  const message =
    found.length === 0
      ? `Column '${name.value}' not found in any table`
      : `Column '${name.value}' is ambiguous`;
  throw new ValidationError(message, {
    span: name.span,
    ...didYouMean(
      name.value,
      side.columns.map((c) => c.name),
    ),
  });
}
