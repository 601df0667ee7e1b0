// `check`: every error of a script, without connecting to anything. Statements are tried in order on a copy of the
// session, so that later ones see what earlier ones create.
import type { PlannerContext } from '../plan/planner.ts';
import { planJob } from '../plan/planner.ts';
import type { Statement } from '../sql/ast.ts';
import { parseStatements } from '../sql/parser.ts';
import { DreyError } from '../types/errors.ts';
import { type DdlContext, executeDdl } from './ddl.ts';
import { jobStatement } from './job-statement.ts';

export async function checkScript(
  text: string,
  context: DdlContext & PlannerContext,
): Promise<readonly DreyError[]> {
  const { statements, errors } = parseStatements(text);
  const found: DreyError[] = [...errors];
  /** Names that a broken CREATE leaves missing: errors about them would only repeat its own. */
  const missing = new Set<string>();
  for (const statement of statements) {
    if (statement.kind === 'quit') break;
    try {
      await tryStatement(statement, context);
    } catch (error) {
      if (!(error instanceof DreyError)) throw error;
      if (!isAbout(error, missing)) found.push(withPlace(error, statement));
      if (statement.kind === 'createTable' || statement.kind === 'createView') {
        missing.add(statement.name.parts.at(-1)!.value);
      }
    }
  }
  return found.sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
}

async function tryStatement(statement: Statement, context: DdlContext & PlannerContext): Promise<void> {
  if (statement.kind === 'stopJob' || statement.kind === 'describeJob') return;
  if (statement.kind === 'statementSet') {
    // Each INSERT by itself, so that all of them are looked at.
    await planJob({ kind: 'inserts', inserts: statement.inserts }, context);
    return;
  }
  if (executeDdl(statement, context) !== undefined) return;
  const job = jobStatement(statement.kind === 'explain' ? statement.statement : statement);
  if (job !== undefined) await planJob(job, context);
}

function isAbout(error: DreyError, missing: ReadonlySet<string>): boolean {
  return [...missing].some(
    (name) =>
      error.message.includes(`Object '${name}' not found`) ||
      (error.message.startsWith('Cannot find table') && error.message.includes(`\`${name}\``)),
  );
}

function withPlace(error: DreyError, statement: Statement): DreyError {
  if (error.span !== undefined) return error;
  return new DreyError(error.code, error.message, {
    span: statement.span,
    cause: error.cause,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
}
