// Which statements are jobs.
import type { JobStatement } from '../plan/planner.ts';
import type { Statement } from '../sql/ast.ts';

export function jobStatement(statement: Statement): JobStatement | undefined {
  switch (statement.kind) {
    case 'queryStatement':
      return { kind: 'query', query: statement.query };
    case 'insert':
      return { kind: 'inserts', inserts: [statement] };
    case 'statementSet':
      return { kind: 'inserts', inserts: statement.inserts };
    default:
      return undefined;
  }
}
