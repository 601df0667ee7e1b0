// Which columns a name can mean at one place of a query.
import type { Name } from '../../sql/ast.ts';
import { type SourceSpan, ValidationError } from '../../types/errors.ts';
import type { Field } from '../../types/schema.ts';
import type { ColumnMatch, Scope } from '../expression-binder.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import type { Rex } from '../rex.ts';
import { inputRef } from '../rex-util.ts';
import { didYouMean } from './errors.ts';

export interface ScopeColumn {
  /** Name of the table or its alias, and what stands before it: `['db', 't']`; empty for none. */
  readonly table: readonly string[];
  readonly name: string;
  readonly rex: Rex;
  /** Of USING and NATURAL: stands for the columns of both sides, found without a table's name only. */
  readonly merged?: boolean;
  /** One side of a merged column: found with its table's name only, and not part of `*`. */
  readonly hidden?: boolean;
}

/** Columns of a single unnamed input. */
export function columnScope(fields: readonly Field[], functions: FunctionCatalog): Scope {
  const columns = fields.map((f, i) => ({ table: [], name: f.name, rex: inputRef(i, f.type) }));
  return { functions, resolveColumn: (parts, span) => resolveColumn(columns, parts, span) };
}

/** @throws ValidationError in Calcite's words */
export function resolveColumn(
  columns: readonly ScopeColumn[],
  parts: readonly Name[],
  span: SourceSpan,
): ColumnMatch {
  const names = parts.map((p) => p.value);
  for (let tableParts = Math.min(3, parts.length - 1); tableParts > 0; tableParts--) {
    const qualifier = names.slice(0, tableParts);
    const matches = columns.filter(
      (c) => !c.merged && c.name === names[tableParts] && isTable(c.table, qualifier),
    );
    const match = single(matches, names[tableParts]!, span);
    if (match !== undefined) return { rex: match.rex, parts: tableParts + 1 };
  }
  const match = single(
    columns.filter((c) => !c.hidden && c.name === names[0]),
    names[0]!,
    span,
  );
  if (match !== undefined) return { rex: match.rex, parts: 1 };
  throw notFound(columns, parts, span);
}

function single(matches: readonly ScopeColumn[], name: string, span: SourceSpan): ScopeColumn | undefined {
  if (matches.length > 1) throw new ValidationError(`Column '${name}' is ambiguous`, { span });
  return matches[0];
}

/** Whether `qualifier` names the table: `t` names `cat.db.t`. */
export function isTable(table: readonly string[], qualifier: readonly string[]): boolean {
  const offset = table.length - qualifier.length;
  return offset >= 0 && qualifier.every((part, i) => part === table[offset + i]);
}

function notFound(
  columns: readonly ScopeColumn[],
  parts: readonly Name[],
  span: SourceSpan,
): ValidationError {
  const [first, second] = parts;
  const tables = new Set(columns.flatMap((c) => c.table.slice(-1)));
  if (second !== undefined) {
    const table = first!.value;
    if (!tables.has(table)) {
      return new ValidationError(`Table '${table}' not found`, {
        span: first!.span,
        ...didYouMean(table, tables),
      });
    }
    const names = columns.filter((c) => c.table.at(-1) === table).map((c) => c.name);
    return new ValidationError(`Column '${second.value}' not found in table '${table}'`, {
      span: second.span,
      ...didYouMean(second.value, names),
    });
  }
  const names = new Set(columns.map((c) => c.name));
  return new ValidationError(`Column '${first!.value}' not found in any table`, {
    span,
    ...didYouMean(first!.value, names),
  });
}
