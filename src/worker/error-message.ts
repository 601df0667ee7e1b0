// Errors on their way to the JVM: u16 code | u8 retryable | UTF-8 text, a line a cause.
import { HIDDEN } from '../options/redact.ts';
import { ConnectorError, DreyError, type ErrorCode } from '../types/errors.ts';

/** Numbers of the codes on the wire. */
const CODES: Readonly<Record<ErrorCode, number>> = {
  SQL_PARSE: 1,
  VALIDATION: 2,
  TABLE: 3,
  CONNECTOR: 4,
  DATA: 5,
  INTERNAL: 6,
};

const MAX_CAUSES = 20;

/** @param secrets values that are replaced wherever they stand */
export function errorBody(error: unknown, secrets: readonly string[]): Buffer {
  const text = Buffer.from(withoutSecrets(describe(error), secrets));
  const body = Buffer.alloc(3 + text.length);
  body.writeUInt16LE(CODES[error instanceof DreyError ? error.code : 'INTERNAL'], 0);
  body[2] = isRetryable(error) ? 1 : 0;
  text.copy(body, 3);
  return body;
}

/** The messages from the outside in, each with its hint. */
function describe(error: unknown): string {
  const lines: string[] = [];
  for (let e: unknown = error, depth = 0; e !== undefined && e !== null && depth < MAX_CAUSES; depth++) {
    const message = e instanceof Error ? e.message : String(e);
    const hint = e instanceof DreyError && e.hint !== undefined ? ` ${e.hint}` : '';
    lines.push(message + hint);
    e = e instanceof Error ? e.cause : undefined;
  }
  // A defect: its place helps whoever repairs it.
  if (error instanceof Error && !(error instanceof DreyError) && error.stack !== undefined) {
    lines.push(...error.stack.split('\n').slice(1, 4));
  }
  return lines.join('\nCaused by: ');
}

function isRetryable(error: unknown): boolean {
  return error instanceof ConnectorError && error.retryable;
}

export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, HIDDEN);
  return clean;
}
