// The words for what goes wrong on the way to Redis, and whether trying again can help. No secret gets in: the texts are made
// of the endpoint, the option's name and the server's own words.
import { ConnectorError } from '../../../types/errors.ts';
import type { RedisReplyError } from './port.ts';
import { isCertificateProblem, tlsReason } from './tls/tls-errors.ts';

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by the server',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'unknown host',
  EAI_AGAIN: 'host name lookup failed for now',
  ETIMEDOUT: 'the network gave no answer in time',
  EPIPE: 'connection closed by the server',
  ENOENT: 'no such socket',
  EACCES: 'access denied',
};

/** What a socket's error means: `connection refused (ECONNREFUSED)`. */
function socketErrorText(error: Error): string {
  const tls = tlsReason(error);
  if (tls !== undefined) return tls;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const words = code === undefined ? undefined : SYSTEM_ERRORS[code];
  if (words !== undefined) return `${words} (${code})`;
  return error.message === '' ? (code ?? error.name) : error.message;
}

export function cannotConnect(
  label: string,
  reason: string,
  retryable: boolean,
  cause?: unknown,
): ConnectorError {
  return new ConnectorError(`Cannot connect to Redis at ${label}: ${reason}`, { retryable, cause });
}

export function cannotReach(label: string, error: Error): ConnectorError {
  return cannotConnect(label, socketErrorText(error), !isCertificateProblem(error), error);
}

export function connectTimedOut(label: string, phase: string, limitMs: number): ConnectorError {
  return cannotConnect(label, `${phase} within ${limitMs} ms (connect.timeout)`, true);
}

/** Sent instead of the first reply, whatever was asked. */
export function isTooManyClients(error: RedisReplyError): boolean {
  return error.message === 'ERR max number of clients reached';
}

/** A refusal during AUTH, SELECT or CLIENT. */
export function handshakeRefused(
  label: string,
  error: RedisReplyError,
  command: string,
  database: number,
  optionPrefix: '' | 'sentinel.' = '',
): ConnectorError {
  const password = `option '${optionPrefix}password'`;
  const words = `the server says: ${error.message}`;
  if (isTooManyClients(error)) return cannotConnect(label, words, true);
  if (error.code === 'NOAUTH') {
    return cannotConnect(label, `a password is required (${password}); ${words}`, false);
  }
  if (error.code === 'WRONGPASS' || error.message === 'ERR invalid password') {
    return cannotConnect(
      label,
      `wrong user name or password (options '${optionPrefix}username', '${optionPrefix}password'); ${words}`,
      false,
    );
  }
  if (command === 'AUTH' && error.code === 'ERR') {
    return cannotConnect(label, `the password is not accepted (${password}); ${words}`, false);
  }
  if (command === 'SELECT' && error.code === 'ERR') {
    return cannotConnect(label, `there is no database ${database} (option 'dbNum'); ${words}`, false);
  }
  if (error.code === 'NOPERM')
    return cannotConnect(label, `the user may not run ${command}; ${words}`, false);
  return cannotConnect(label, words, error.code !== 'DENIED');
}

export function connectionLost(label: string, error: Error | null): ConnectorError {
  const reason = error === null ? 'the server closed it' : socketErrorText(error);
  return new ConnectorError(`The connection to Redis at ${label} broke: ${reason}`, {
    retryable: error === null || !isCertificateProblem(error),
    ...(error === null ? {} : { cause: error }),
  });
}

export function noReply(label: string, limitMs: number): ConnectorError {
  return new ConnectorError(`Redis at ${label} did not answer within ${limitMs} ms (socket.timeout)`, {
    retryable: true,
  });
}

export function notRedis(label: string, error: Error): ConnectorError {
  return new ConnectorError(
    `What answers at ${label} does not speak the protocol of Redis: ${error.message}`,
    {
      retryable: true,
      cause: error,
    },
  );
}

export function portClosed(label: string): ConnectorError {
  return new ConnectorError(`The client for Redis at ${label} is closed`, { retryable: false });
}

/** The last words after all attempts. */
export function gaveUp(label: string, spentMs: number, cause: ConnectorError): ConnectorError {
  return new ConnectorError(
    `Redis at ${label} could not be used for ${Math.round(spentMs)} ms: ${cause.message}`,
    {
      retryable: cause.retryable,
      cause,
    },
  );
}

/** Answers that a little time, or another node, will change. */
const PASSING = new Set([
  'LOADING',
  'READONLY',
  'TRYAGAIN',
  'CLUSTERDOWN',
  'MASTERDOWN',
  // A master that lost its replicas (min-replicas-to-write): it may have been replaced.
  'NOREPLICAS',
]);

export function isPassing(error: RedisReplyError): boolean {
  return PASSING.has(error.code);
}

export function stillRefused(label: string, error: RedisReplyError): ConnectorError {
  return new ConnectorError(`Redis at ${label} refuses commands for now: ${error.message}`, {
    retryable: true,
  });
}

/** A command that is sent on from server to server for as long as it may be retried. */
export function redirectedAway(label: string, error: RedisReplyError): ConnectorError {
  return new ConnectorError(`Redis at ${label} sends commands elsewhere: ${error.message}`, {
    retryable: true,
  });
}

export function masterMoved(label: string): ConnectorError {
  return new ConnectorError(`Another server became ${label}`, { retryable: true });
}

/** A warning. */
export function unfenced(label: string, refusal: string): string {
  return (
    `Redis at ${label} does not let this user run CLIENT (${refusal}): commands that are still in the buffers ` +
    'of a broken connection may be executed after newer ones'
  );
}
