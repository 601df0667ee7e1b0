// Which slot each command of a batch belongs to, read from its encoded bytes.

import { raw } from '../../../../types/raw-buffer.ts';
import type { CommandBatch } from '../command-batch.ts';
import { hasNoKey } from '../command-keys.ts';
import { slotOf } from './slots.ts';

/** Stands for a slot where a command has no key: any master will do. */
export const ANY = 0xffff;

const LF = 10;

/**
 * Writes the slot of each command into `out` (at least `batch.count` long). The key is the first argument: true of every
 * command that has one, but for a few (EVAL, XREAD …), which the server redirects. A transaction goes with its first key.
 */
export function commandSlots(batch: CommandBatch, out: Uint16Array): void {
  const bytes = batch.bytes();
  const { count } = batch;
  const allHaveKeys = namesHaveKeys(batch.names);
  for (let i = 0; i < count; i++) {
    let at = batch.startOf(i);
    const argc = bytes[at + 2] === 13 ? bytes[at + 1]! - 48 : 10;
    at = bytes[at + 2] === 13 ? at + 4 : bytes.indexOf(LF, at) + 1;
    // the name: `$3\r\nSET\r\n`
    const nameEnd = bulkEnd(bytes, at);
    if (argc < 2 || (!allHaveKeys && hasNoKey(nameAt(bytes, at, nameEnd)))) {
      out[i] = ANY;
      continue;
    }
    const keyEnd = bulkEnd(bytes, nameEnd + 2);
    out[i] = slotOf(bytes, bulkStart(bytes, nameEnd + 2), keyEnd);
  }
  if (batch.names.has('MULTI')) joinTransactions(batch, out);
}

function namesHaveKeys(names: ReadonlySet<string>): boolean {
  for (const name of names) if (hasNoKey(name)) return false;
  return true;
}

/** Behind `$<length>\r\n`. */
function bulkStart(bytes: Uint8Array, at: number): number {
  let next = at + 2;
  while (bytes[next] !== LF) next++;
  return next + 1;
}

/** Behind the last byte of the bulk string whose `$` is at `at`. */
function bulkEnd(bytes: Uint8Array, at: number): number {
  let length = 0;
  let next = at + 1;
  for (let byte = bytes[next]!; byte !== 13; byte = bytes[++next]!) length = length * 10 + byte - 48;
  return next + 2 + length;
}

function nameAt(bytes: Buffer, at: number, end: number): string {
  return raw(bytes).latin1Slice(bulkStart(bytes, at), end);
}

/** MULTI to EXEC go to one server: that of the first key in between. */
function joinTransactions(batch: CommandBatch, out: Uint16Array): void {
  let from = -1;
  for (let i = 0; i < batch.count; i++) {
    const name = batch.wordsAt(i)[0]!.toString('latin1').toUpperCase();
    if (name === 'MULTI') from = i;
    if (from < 0 || (name !== 'EXEC' && name !== 'DISCARD')) continue;
    const slot = out.subarray(from, i).find((s) => s !== ANY) ?? ANY;
    out.fill(slot, from, i + 1);
    from = -1;
  }
}
