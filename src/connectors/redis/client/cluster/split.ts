// A command with keys of several slots is refused by a cluster. Those that can be are cut into one for each slot, and their
// replies put together again.
import { CommandBatch } from '../command-batch.ts';
import { RedisReplyError, type Reply } from '../port.ts';
import { slotOf } from './slots.ts';

/** Words of a key's share: the key alone, or the key and its value. */
const CUT: Readonly<Record<string, 1 | 2>> = { MGET: 1, DEL: 1, UNLINK: 1, EXISTS: 1, TOUCH: 1, MSET: 2 };

export interface SplitBatch {
  readonly batch: CommandBatch;
  /** Command of the original batch that a command of the new one comes from. */
  readonly origins: readonly number[];
  /** The replies to the original commands. */
  join(replies: readonly Reply[]): readonly Reply[];
}

interface Piece {
  /** Positions of its keys among the original's keys. */
  readonly positions: readonly number[];
  /** Its command in the new batch. */
  readonly at: number;
}

/** Null when nothing has to be cut: the batch goes as it is. */
export function splitBySlot(batch: CommandBatch): SplitBatch | null {
  if (!mayNeedCutting(batch.names)) return null;
  let split: CommandBatch | null = null;
  const origins: number[] = [];
  const pieces = new Map<number, { readonly name: string; readonly keys: number; readonly parts: Piece[] }>();
  for (let i = 0; i < batch.count; i++) {
    const cut = cutCommand(batch, i);
    if (cut === null) {
      split?.append(batch, i, i + 1);
      if (split !== null) origins.push(i);
      continue;
    }
    if (split === null) {
      split = new CommandBatch(batch.byteLength);
      split.append(batch, 0, i);
      for (let before = 0; before < i; before++) origins.push(before);
    }
    const parts: Piece[] = [];
    for (const { words, positions } of cut.parts) {
      parts.push({ positions, at: split.count });
      split.add([cut.name, ...words]);
      origins.push(i);
    }
    pieces.set(i, { name: cut.name, keys: cut.keys, parts });
  }
  if (split === null) return null;
  const firstOf = firstPositions(origins, batch.count);
  return {
    batch: split,
    origins,
    join: (replies) =>
      Array.from({ length: batch.count }, (_, i) => {
        const cut = pieces.get(i);
        return cut === undefined ? replies[firstOf[i]!]! : joined(cut.name, cut.keys, cut.parts, replies);
      }),
  };
}

function mayNeedCutting(names: ReadonlySet<string>): boolean {
  for (const name of names) if (CUT[name] !== undefined || CUT[name.toUpperCase()] !== undefined) return true;
  return false;
}

function cutCommand(batch: CommandBatch, index: number) {
  // `*2\r\n`: a single key. Nearly all deletions are such.
  const bytes = batch.bytes(index, index + 1);
  if (bytes[1] === 50 && bytes[2] === 13) return null;
  const [first, ...rest] = batch.wordsAt(index);
  const name = first!.toString('latin1').toUpperCase();
  const step = CUT[name];
  if (step === undefined || rest.length % step !== 0) return null;
  const bySlot = new Map<number, { words: Buffer[]; positions: number[] }>();
  for (let i = 0; i < rest.length; i += step) {
    const slot = slotOf(rest[i]!);
    let part = bySlot.get(slot);
    if (part === undefined) {
      part = { words: [], positions: [] };
      bySlot.set(slot, part);
    }
    part.words.push(...rest.slice(i, i + step));
    part.positions.push(i / step);
  }
  return bySlot.size < 2 ? null : { name, keys: rest.length / step, parts: [...bySlot.values()] };
}

function firstPositions(origins: readonly number[], count: number): Uint32Array {
  const first = new Uint32Array(count);
  for (let i = origins.length - 1; i >= 0; i--) first[origins[i]!] = i;
  return first;
}

function joined(name: string, keys: number, parts: readonly Piece[], replies: readonly Reply[]): Reply {
  const refusal = parts.map(({ at }) => replies[at]).find((reply) => reply instanceof RedisReplyError);
  if (refusal !== undefined) return refusal;
  if (name === 'MSET') return 'OK';
  if (name !== 'MGET') return parts.reduce((sum, { at }) => sum + Number(replies[at]), 0);
  const values: Reply[] = new Array(keys).fill(null);
  for (const { positions, at } of parts) {
    const part = replies[at] as readonly Reply[];
    positions.forEach((position, i) => {
      values[position] = part[i]!;
    });
  }
  return values;
}
