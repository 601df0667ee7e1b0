// What binding needs of its surroundings, and what one query sees of the queries around it.
import type { Query, QueryBody, Select } from '../../sql/ast.ts';
import { TableError } from '../../types/errors.ts';
import type { CatalogManager } from '../catalog/catalog.ts';
import type { Scope } from '../expression-binder.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import type { Rel } from '../logical.ts';
import type { LookupHints } from './hints.ts';
import { resolveColumn, type ScopeColumn } from './scope.ts';

export interface BindContext {
  readonly catalog: CatalogManager;
  readonly functions: FunctionCatalog;
}

export interface BindEnv {
  readonly context: BindContext;
  /** Common table expressions by name. */
  readonly ctes: ReadonlyMap<string, Rel>;
  /** LOOKUP hints of the SELECT whose FROM is bound. */
  readonly hints: LookupHints;
  /** Views that are being expanded: one that names itself is an error. */
  readonly views: readonly string[];
  /** The binder of queries, handed down so that its parts need not import each other in a circle. */
  bindQuery(query: Query, env: BindEnv): Rel;
}

/** Columns without aggregates: ON, WHERE, GROUP BY, arguments of aggregates. */
export function plainScope(columns: readonly ScopeColumn[], env: BindEnv, clause: string): Scope {
  return {
    functions: env.context.functions,
    resolveColumn: (parts, span) => resolveColumn(columns, parts, span),
    isAggregate: () => false,
    bindAggregate(call) {
      throw overOrAggregate(call, `An aggregate in ${clause}`);
    },
    bindSubquery: refuseSubquery,
  };
}

/** The error for OVER, or for an aggregate where none may be. */
export function overOrAggregate(
  call: Parameters<NonNullable<Scope['bindAggregate']>>[0],
  where: string,
): TableError {
  if (call.kind === 'call' && call.over !== undefined) {
    const name = call.name.parts.map((p) => p.value).join('.');
    return new TableError(`${name.toUpperCase()} with an OVER window is not supported.`, { span: call.span });
  }
  return new TableError(`${where} is not supported.`, { span: call.span });
}

export const refuseSubquery: NonNullable<Scope['bindSubquery']> = (expression) => {
  const what = {
    in: 'IN with a sub-query',
    exists: 'EXISTS',
    subquery: 'A scalar sub-query',
    quantified: 'A comparison with ANY or ALL of a sub-query',
  }[expression.kind];
  throw new TableError(`${what} is not supported.`, {
    span: expression.span,
    hint: 'A sub-query may stand in FROM; a dimension table is joined with FOR SYSTEM_TIME AS OF.',
  });
};

/** The SELECT that gives a query its columns, for the place of a wrong one. */
export function leftmostSelect(body: QueryBody): Select | undefined {
  switch (body.kind) {
    case 'select':
      return body;
    case 'setOperation':
      return leftmostSelect(body.left);
    case 'query':
      return leftmostSelect(body.body);
    default:
      return undefined;
  }
}
