// The entrance to the SQL front end: text in, syntax tree out.
import { SqlParserError } from '../types/errors.ts';
import type { Expression, Statement, TypeNode } from './ast.ts';
import { type ParsedScript, StatementParser } from './statement-parser.ts';

export type { ParsedScript } from './statement-parser.ts';

/** Reads a script of statements separated by `;`. Never throws for wrong SQL: each broken statement is one error. */
export function parseStatements(text: string): ParsedScript {
  return new StatementParser(text).script();
}

/**
 * Reads exactly one statement, with or without a `;` behind it.
 * @throws SqlParserError when the text is not SQL, or is none or several statements; ValidationError for a wrong type
 */
export function parseStatement(text: string): Statement {
  const { statements, errors } = parseStatements(text);
  if (errors[0] !== undefined) throw errors[0];
  const [statement, second] = statements;
  if (statement === undefined) throw new SqlParserError('SQL parse failed. The text holds no statement.');
  if (second !== undefined) {
    throw new SqlParserError('SQL parse failed. Only one statement is accepted here.', { span: second.span });
  }
  return statement;
}

/** Reads a text that is one expression, such as the definition of a computed column. */
export function parseExpression(text: string): Expression {
  return new StatementParser(text).wholeExpression();
}

/** Reads a text that is one type, such as `ROW<a INT, b ARRAY<STRING NOT NULL>>`. */
export function parseType(text: string): TypeNode {
  return new StatementParser(text).wholeType();
}
