// The errors that users see. A message says where, what was given and what is accepted; the cause chain goes from the
// outside in, as Flink's does. Nothing here ever carries a password: option values are redacted before they get in.

/** Closed list: each error class has one code. */
export type ErrorCode =
  | 'SQL_PARSE' // SqlParserException: the text is not SQL
  | 'VALIDATION' // ValidationException: names, types, options
  | 'TABLE' // TableException: a plan or a job that cannot be
  | 'CONNECTOR' // an external system refused or broke
  | 'DATA' // a record that cannot be decoded or encoded
  | 'INTERNAL'; // a defect of Drey

/** Where in a SQL text something stands: 1-based line and column, both ends inclusive, and 0-based offsets. */
export interface SourceSpan {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** Offset of the first character. */
  readonly start: number;
  /** Offset after the last character. */
  readonly end: number;
}

export interface ErrorDetails {
  readonly cause?: unknown;
  readonly span?: SourceSpan;
  /** A likely repair: a nearly right name, a CAST. Printed on a line of its own. */
  readonly hint?: string;
}

export class DreyError extends Error {
  readonly code: ErrorCode;
  readonly span: SourceSpan | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.span = details.span;
    this.hint = details.hint;
  }
}

/** The SQL text cannot be parsed (Flink: SqlParserException). */
export class SqlParserError extends DreyError {
  constructor(message: string, details?: ErrorDetails) {
    super('SQL_PARSE', message, details);
  }
}

/** A name, type, option or schema is wrong (Flink: ValidationException). */
export class ValidationError extends DreyError {
  constructor(message: string, details?: ErrorDetails) {
    super('VALIDATION', message, details);
  }
}

/** A plan cannot be made or a job cannot go on (Flink: TableException). */
export class TableError extends DreyError {
  constructor(message: string, details?: ErrorDetails) {
    super('TABLE', message, details);
  }
}

/** An external system refused, broke or did not answer. `retryable`: a restart of the job may help. */
export class ConnectorError extends DreyError {
  readonly retryable: boolean;
  constructor(message: string, details: ErrorDetails & { retryable?: boolean } = {}) {
    super('CONNECTOR', message, details);
    this.retryable = details.retryable ?? true;
  }
}

/** A record cannot be decoded or encoded. The message names topic, partition and offset, or file and line. */
export class DataError extends DreyError {
  constructor(message: string, details?: ErrorDetails) {
    super('DATA', message, details);
  }
}

/** The chain of messages from the outside in. */
export function errorChain(error: unknown): string[] {
  const messages: string[] = [];
  for (let e: unknown = error, depth = 0; e !== undefined && e !== null && depth < 20; depth++) {
    messages.push(e instanceof Error ? e.message : String(e));
    e = e instanceof Error ? e.cause : undefined;
  }
  return messages;
}
