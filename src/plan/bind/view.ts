// CREATE VIEW: the query is checked, and kept with every table named in full so that it means the same after USE.
import type { CreateView, Query, TablePath } from '../../sql/ast.ts';
import { ValidationError } from '../../types/errors.ts';
import type { ResolvedView } from '../catalog/table.ts';
import type { BindContext } from './context.ts';
import { bindRootQuery } from './query.ts';

export function resolveView(statement: CreateView, context: BindContext): ResolvedView {
  const query = qualifyTables(statement.query, context);
  const { fields } = bindRootQuery(statement.query, context).schema;
  const names = statement.columns.map((n) => n.value);
  if (names.length > 0 && names.length !== fields.length) {
    throw new ValidationError(
      `VIEW definition and input fields not match:\n\tDef fields: [${names.join(', ')}].\n\tInput fields: [${fields.map((f) => f.name).join(', ')}].`,
      { span: statement.name.span },
    );
  }
  return {
    kind: 'view',
    identifier: context.catalog.qualifyName(statement.name),
    temporary: statement.temporary,
    columns: fields.map((f, i) => ({ name: names[i] ?? f.name, type: f.type })),
    comment: statement.comment ?? null,
    query,
  };
}

/** The query with each table's name completed; names of common table expressions are left alone. */
function qualifyTables(query: Query, { catalog }: BindContext): Query {
  const rewrite = (node: unknown, ctes: ReadonlySet<string>): unknown => {
    if (Array.isArray(node)) return node.map((n) => rewrite(n, ctes));
    if (typeof node !== 'object' || node === null) return node;
    const { kind } = node as { kind?: string };
    if (kind === 'query') {
      const names = new Set(ctes);
      const own = node as Query;
      const rewritten = own.with.map((cte) => {
        const done = rewriteFields(cte, (v) => rewrite(v, names));
        names.add(cte.name.value);
        return done;
      });
      return { ...(rewriteFields({ ...own, with: [] }, (v) => rewrite(v, names)) as Query), with: rewritten };
    }
    if (kind === 'table') return qualifyPath(node as TablePath, ctes, catalog);
    return rewriteFields(node, (v) => rewrite(v, ctes));
  };
  return rewrite(query, new Set()) as Query;
}

function qualifyPath(path: TablePath, ctes: ReadonlySet<string>, catalog: BindContext['catalog']): TablePath {
  const { parts, span } = path.name;
  if (parts.length === 1 && ctes.has(parts[0]!.value)) return path;
  const id = catalog.qualifyName(path.name);
  const names = [id.catalog, id.database, id.object];
  return {
    ...path,
    name: { ...path.name, parts: names.map((value) => ({ kind: 'name', value, span })) },
  };
}

function rewriteFields(node: object, rewrite: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(node).map(([k, v]) => [k, k === 'span' ? v : rewrite(v)]));
}
