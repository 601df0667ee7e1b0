// Errors on their way from one thread to another: a structured clone of an error keeps neither its class nor its hint.
import {
  ConnectorError,
  DataError,
  DreyError,
  type ErrorCode,
  type ErrorDetails,
  type SourceSpan,
  SqlParserError,
  TableError,
  ValidationError,
} from '../../types/errors.ts';

export interface PackedError {
  readonly message: string;
  readonly name: string;
  readonly stack: string | undefined;
  readonly cause: PackedError | undefined;
  /** Of a DreyError. */
  readonly own: {
    readonly code: ErrorCode;
    readonly span: SourceSpan | undefined;
    readonly hint: string | undefined;
    readonly retryable: boolean;
  } | null;
  /** Of an error of the system, such as ECONNREFUSED. */
  readonly systemCode: string | undefined;
}

const MOST_CAUSES = 20;

export function packError(error: unknown, depth = 0): PackedError {
  if (!(error instanceof Error)) {
    return {
      message: String(error),
      name: 'Error',
      stack: undefined,
      cause: undefined,
      own: null,
      systemCode: undefined,
    };
  }
  const { message, name, stack, cause } = error;
  const code: unknown = (error as NodeJS.ErrnoException).code;
  return {
    message,
    name,
    stack,
    cause:
      cause === undefined || cause === null || depth === MOST_CAUSES
        ? undefined
        : packError(cause, depth + 1),
    own: error instanceof DreyError ? ownParts(error) : null,
    systemCode: typeof code === 'string' ? code : undefined,
  };
}

function ownParts(error: DreyError) {
  const { code, span, hint } = error;
  return { code, span, hint, retryable: error instanceof ConnectorError && error.retryable };
}

/** An error of the same class, as far as `types/errors.ts` knows it. */
export function unpackError(packed: PackedError): Error {
  const { own, name, stack, systemCode } = packed;
  const cause = packed.cause === undefined ? undefined : unpackError(packed.cause);
  const error = own === null ? plainError(packed.message, cause) : dreyError(packed.message, own, cause);
  if (own === null && systemCode !== undefined) Object.assign(error, { code: systemCode });
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}

function plainError(message: string, cause: Error | undefined): Error {
  return cause === undefined ? new Error(message) : new Error(message, { cause });
}

function dreyError(
  message: string,
  own: NonNullable<PackedError['own']>,
  cause: Error | undefined,
): DreyError {
  const { code, span, hint, retryable } = own;
  const details: ErrorDetails = {
    ...(cause === undefined ? {} : { cause }),
    ...(span === undefined ? {} : { span }),
    ...(hint === undefined ? {} : { hint }),
  };
  switch (code) {
    case 'SQL_PARSE':
      return new SqlParserError(message, details);
    case 'VALIDATION':
      return new ValidationError(message, details);
    case 'TABLE':
      return new TableError(message, details);
    case 'CONNECTOR':
      return new ConnectorError(message, { ...details, retryable });
    case 'DATA':
      return new DataError(message, details);
    case 'INTERNAL':
      return new DreyError(code, message, details);
  }
}
