// Syntax trees back to SQL text. Law: parsing the text gives the same tree, apart from the spans.
// Names stand in backticks, as Flink's asSerializableString writes them. Option values are printed as they are: what is
// shown to people goes through redaction first.
import type { Expression, Query, Statement } from './ast.ts';
import { StatementPrinter } from './statement-printer.ts';

export { printType, quoteName, quoteString } from './expression-printer.ts';

const PRINTER = new StatementPrinter();

/** Without a `;` behind it. */
export function printStatement(statement: Statement): string {
  return PRINTER.statement(statement);
}

export function printQuery(query: Query): string {
  return PRINTER.query(query);
}

export function printExpression(expression: Expression): string {
  return PRINTER.expression(expression);
}
