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
  readonly state: OperatorState;
  /** More state, in the form of the file already: what other threads have. */
  readonly encoded?: readonly EncodedState[];
}

type OperatorState = ReadonlyMap<number, readonly unknown[]>;

/** Lines of state. */
export interface EncodedState {
  readonly entries: number;
  /** Whole lines, many together. */
  readonly chunks: readonly string[];
}

/** Characters that go together. */
const CHUNK = 1 << 20;

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
  const { id, time, fingerprint, positions, state, encoded = [] } = checkpoint;
  let entries = encoded.reduce((sum, part) => sum + part.entries, 0);
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
  yield* stateLines(state);
  for (const { chunks } of encoded) yield* chunks;
}

function* stateLines(state: OperatorState): Iterable<string> {
  for (const [operator, list] of state) {
    for (const entry of list) yield `${JSON.stringify([operator, encodeValue(entry)])}\n`;
  }
}

export function encodeState(state: OperatorState): EncodedState {
  const chunks: string[] = [];
  let entries = 0;
  let chunk = '';
  for (const line of stateLines(state)) {
    entries++;
    chunk += line;
    if (chunk.length < CHUNK) continue;
    chunks.push(chunk);
    chunk = '';
  }
  if (chunk !== '') chunks.push(chunk);
  return { entries, chunks };
}

export function decodeState(parts: readonly EncodedState[]): OperatorState {
  const state = new Map<number, unknown[]>();
  for (const { chunks } of parts) {
    for (const chunk of chunks) readState(chunk.split('\n').slice(0, -1), state);
  }
  return state;
}

function readState(lines: readonly string[], state: Map<number, unknown[]>): void {
  for (const line of lines) {
    const [operator, entry] = JSON.parse(line) as [number, unknown];
    const list = state.get(operator);
    if (list === undefined) state.set(operator, [decodeValue(entry)]);
    else list.push(decodeValue(entry));
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
  readState(lines.slice(1, -1), state);
  const { id, time, fingerprint } = header;
  return { id, time, fingerprint, positions: decodeValue(header.positions) as Position[], state };
}
