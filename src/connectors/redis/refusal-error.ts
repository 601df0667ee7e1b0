// A command that the server refused for good, as the user reads it: the command, the key, the server's words; no value.
import { ConnectorError } from '../../types/errors.ts';
import type { CommandBatch } from './client/command-batch.ts';
import type { RedisReplyError } from './client/port.ts';

/** What helps, by the server's error code. */
const HINTS: Readonly<Record<string, string>> = {
  WRONGTYPE:
    "The key holds another structure than the table's 'mode'. Use another 'key-prefix' or 'dbNum', or remove the key.",
  NOAUTH: "The server asks for a password: set 'password' (and 'username').",
  WRONGPASS: "Check 'password' and 'username'.",
  NOPERM: "The user of the access control list may not do this: see ACL SETUSER, or set another 'username'.",
  OOM: "The server's 'maxmemory' is reached. Let keys expire with 'expiration', or give the server more memory.",
  MOVED: "The server is a node of a Redis Cluster: set 'clusterMode' = 'true'.",
  ASK: "The server is a node of a Redis Cluster: set 'clusterMode' = 'true'.",
  READONLY: "The server is a replica: give the master's 'host' and 'port', or its name ('sentinel.master').",
  MISCONF: 'The server cannot save its data: see its log.',
};

/** What helps, by the server's words, where the code is ERR. */
const HINTS_BY_WORDS: readonly (readonly [words: RegExp, hint: string])[] = [
  [
    /invalid bulk length/,
    "The key or a value is larger than the server takes: see its 'proto-max-bulk-len' (512 MB by default).",
  ],
];

/** Refusals that a restart of the job cannot heal. */
const FINAL = new Set(['WRONGTYPE', 'NOAUTH', 'WRONGPASS', 'NOPERM', 'ERR']);

/** Characters of a key. */
const MOST_SHOWN = 200;
/** A command up to this size is no reason to hang up. */
const LARGE_BYTES = 1024 * 1024;

/** @param index the refused command of `batch` */
export function refusalError(
  table: string,
  batch: CommandBatch,
  index: number,
  error: RedisReplyError,
): ConnectorError {
  const [command = '?', key = ''] = batch.commandAt(index);
  const hint = HINTS[error.code] ?? HINTS_BY_WORDS.find(([words]) => words.test(error.message))?.[1];
  return new ConnectorError(
    `Table '${table}': Redis refused ${command} of key '${shown(key)}': ${error.message}`,
    { ...(hint === undefined ? {} : { hint }), retryable: !FINAL.has(error.code) },
  );
}

/** A key may be as long as a value. */
function shown(key: string): string {
  return key.length <= MOST_SHOWN ? key : `${key.slice(0, MOST_SHOWN)}…`;
}

/**
 * A failure of the connection, with the table it concerns.
 * @param batch what was being sent
 */
export function connectionError(
  table: string,
  doing: string,
  reason: unknown,
  batch?: CommandBatch,
): ConnectorError {
  const retryable = reason instanceof ConnectorError ? reason.retryable : true;
  const hint = batch === undefined ? undefined : largeCommandHint(batch);
  return new ConnectorError(`Table '${table}': ${doing} Redis failed.`, {
    cause: reason,
    retryable,
    ...(hint === undefined ? {} : { hint }),
  });
}

function largeCommandHint(batch: CommandBatch): string | undefined {
  for (let i = 0; i < batch.count; i++) {
    const bytes = batch.endOf(i) - batch.startOf(i);
    if (bytes <= LARGE_BYTES) continue;
    const [command = '?', key = ''] = batch.commandAt(i);
    const megabytes = (bytes / 1024 / 1024).toFixed(1);
    return `${command} of key '${shown(key)}' has ${megabytes} MB: servers and proxies hang up on a command that is too large for them (client-query-buffer-limit).`;
  }
}
