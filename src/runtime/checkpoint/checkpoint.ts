// What a checkpoint holds, and its form in a file: a line of JSON for the header, one for each entry of state.
import type { Position } from '../../connector/source.ts';
import { TableError } from '../../types/errors.ts';
import { decodeValue, encodeValue } from './value-codec.ts';

export interface Checkpoint {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** What the job was made of: positions and state fit no other plan. */
  readonly fingerprint: string;
  /** By the source's place in the topology. */
  readonly positions: readonly Position[];
  /** By the operator's place in the topology. */
  readonly state: ReadonlyMap<number, readonly unknown[]>;
}

const FORMAT = 'drey-checkpoint-1';

interface Header {
  readonly format: string;
  readonly id: number;
  readonly time: number;
  readonly fingerprint: string;
  readonly positions: unknown;
  readonly entries: number;
}

/** Lines, each ending with a newline. */
export function* checkpointLines(checkpoint: Checkpoint): Iterable<string> {
  const { id, time, fingerprint, positions, state } = checkpoint;
  let entries = 0;
  for (const list of state.values()) entries += list.length;
  const header: Header = {
    format: FORMAT,
    id,
    time,
    fingerprint,
    positions: encodeValue(positions),
    entries,
  };
  yield `${JSON.stringify(header)}\n`;
  for (const [operator, list] of state) {
    for (const entry of list) yield `${JSON.stringify([operator, encodeValue(entry)])}\n`;
  }
}

/** @throws TableError when the text is no whole checkpoint */
export function parseCheckpoint(text: string, path: string): Checkpoint {
  const lines = text.split('\n');
  let header: Header;
  try {
    header = JSON.parse(lines[0] ?? '') as Header;
  } catch (cause) {
    throw new TableError(`'${path}' is not a checkpoint of Drey.`, { cause });
  }
  if (header.format !== FORMAT || lines.length !== header.entries + 2) {
    throw new TableError(`'${path}' is not a whole checkpoint of this version of Drey.`);
  }
  const state = new Map<number, unknown[]>();
  for (const line of lines.slice(1, -1)) {
    const [operator, entry] = JSON.parse(line) as [number, unknown];
    const list = state.get(operator);
    if (list === undefined) state.set(operator, [decodeValue(entry)]);
    else list.push(decodeValue(entry));
  }
  const { id, time, fingerprint } = header;
  return { id, time, fingerprint, positions: decodeValue(header.positions) as Position[], state };
}
