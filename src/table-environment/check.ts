// `check`: every error of a script, without connecting to anything. Statements are tried in order on a copy of the
// session, so that later ones see what earlier ones create.
import type { PlannerContext } from '../plan/planner.ts';
import { jobErrors } from '../plan/planner.ts';
import type { Statement } from '../sql/ast.ts';
import { parseStatements } from '../sql/parser.ts';
import { DreyError, errorChain } from '../types/errors.ts';
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
    for (const error of await errorsOf(statement, context)) {
      const isKnown = isAbout(error, missing) || found.some((f) => isSame(f, error));
      if (!isKnown) found.push(withPlace(error, statement));
      if (statement.kind === 'createTable' || statement.kind === 'createView') {
        missing.add(statement.name.parts.at(-1)!.value);
      }
    }
  }
  return found.sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
}

async function errorsOf(statement: Statement, context: DdlContext & PlannerContext): Promise<DreyError[]> {
  // Jobs of another session are not there to be looked at.
  if (statement.kind === 'stopJob' || statement.kind === 'describeJob') return [];
  try {
    if (executeDdl(statement, context) !== undefined) return [];
  } catch (error) {
    if (error instanceof DreyError) return [error];
    throw error;
  }
  const job = jobStatement(statement.kind === 'explain' ? statement.statement : statement);
  return job === undefined ? [] : jobErrors(job, context);
}

/** A broken table is named once, however many statements use it. */
function isSame(a: DreyError, b: DreyError): boolean {
  return a.message.startsWith('Unable to create') && errorChain(a).join('\n') === errorChain(b).join('\n');
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
