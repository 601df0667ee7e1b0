// Deals the commands of a batch out to the servers of a cluster: which server gets which commands, and their bytes.
import type { CommandBatch } from '../command-batch.ts';
import { ANY, commandSlots } from './command-slots.ts';
import { NOBODY } from './topology.ts';

/** What one server gets. */
export interface Share {
  /** The server's index. */
  readonly node: number;
  /** Its commands' positions in the batch, ascending; null: all of them. */
  readonly indexes: Uint32Array | null;
  readonly count: number;
  /** The commands, encoded. Of a whole batch: its own bytes, not a copy. */
  readonly bytes: Uint8Array;
}

/** Up to here a loop copies faster than a call. */
const SHORT = 96;

export class Dealer {
  // Used again for each batch.
  #slots = new Uint16Array(1024);
  #nodeOf = new Uint16Array(1024);
  #counts = new Uint32Array(16);
  #sizes = new Uint32Array(16);

  /**
   * @param owners index of the server of each slot
   * @param target the server of all commands, whatever their keys; null: as `owners` says
   * @param nodes number of servers, at least the largest index and one more
   * @returns null when a command has no server
   */
  deal(
    batch: CommandBatch,
    owners: Uint16Array,
    target: number | null,
    nodes: number,
  ): readonly Share[] | null {
    if (target !== null) return [whole(batch, target)];
    this.#reserve(batch.count, nodes);
    const used = this.#assign(batch, owners);
    if (used === null) return null;
    if (used.length === 1) return [whole(batch, used[0]!)];
    return this.#shares(batch, used);
  }

  #reserve(commands: number, nodes: number): void {
    if (this.#slots.length < commands) {
      this.#slots = new Uint16Array(commands * 2);
      this.#nodeOf = new Uint16Array(commands * 2);
    }
    if (this.#counts.length < nodes) {
      this.#counts = new Uint32Array(nodes * 2);
      this.#sizes = new Uint32Array(nodes * 2);
    }
    this.#counts.fill(0);
    this.#sizes.fill(0);
  }

  /** Finds the server of each command. @returns the servers that get any; null when there is none for a command */
  #assign(batch: CommandBatch, owners: Uint16Array): number[] | null {
    commandSlots(batch, this.#slots);
    const slots = this.#slots;
    const counts = this.#counts;
    const used: number[] = [];
    let start = 0;
    for (let i = 0; i < batch.count; i++) {
      const slot = slots[i]!;
      const node = slot === ANY ? anyOf(owners) : owners[slot]!;
      if (node === NOBODY) return null;
      if (counts[node] === 0) used.push(node);
      const end = batch.endOf(i);
      this.#nodeOf[i] = node;
      counts[node]!++;
      this.#sizes[node]! += end - start;
      start = end;
    }
    return used;
  }

  #shares(batch: CommandBatch, used: readonly number[]): Share[] {
    const all = batch.bytes();
    return used.map((node) => {
      const count = this.#counts[node]!;
      const indexes = new Uint32Array(count);
      const bytes = Buffer.allocUnsafe(this.#sizes[node]!);
      let at = 0;
      let next = 0;
      for (let i = 0; next < count; i++) {
        if (this.#nodeOf[i] !== node) continue;
        const from = batch.startOf(i);
        const to = batch.endOf(i);
        if (to - from > SHORT) all.copy(bytes, at, from, to);
        else for (let b = from, o = at; b < to; b++, o++) bytes[o] = all[b]!;
        at += to - from;
        indexes[next++] = i;
      }
      return { node, indexes, count, bytes };
    });
  }
}

function whole(batch: CommandBatch, node: number): Share {
  return { node, indexes: null, count: batch.count, bytes: batch.bytes() };
}

/** A server for commands without a key. */
export function anyOf(owners: Uint16Array): number {
  return owners.find((owner) => owner !== NOBODY) ?? NOBODY;
}
