// Bounds the room that V8 keeps for short-lived objects.
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { isYoungGenerationSet, SEMI_SPACE_MB } from '../runtime/young-generation.ts';
import type { Clock, Timer } from '../types/clock.ts';

/** Both halves of it, one of which is empty most of the time. */
const BOUND_BYTES = 2 * SEMI_SPACE_MB * 1024 * 1024;
const CHECK_MS = 50;
/** V8's own. */
const DOUBLING = 2;

/**
 * What would bound it (`--max-semi-space-size`) is read when a process starts, and a command cannot give that to itself. So V8 goes
 * on doubling that room until it has reached the bound, and no further. Who gives Node such an option of their own keeps it.
 *
 * A flag is the whole process's: while a job has threads, each with a room of its own that begins small, nothing is bounded here
 * (they get their bound when they are made).
 */
export class YoungGeneration {
  readonly #clock: Clock;
  #timer: Timer | null = null;
  #threads = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param parallelism threads of the job */
  jobBegins(parallelism: number): void {
    if (isYoungGenerationSet()) return;
    if (parallelism > 1 && !this.#threads) {
      this.#threads = true;
      this.close();
      growBy(DOUBLING);
    }
    if (!this.#threads) this.#timer ??= this.#clock.schedule(CHECK_MS, () => this.#check());
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #check(): void {
    if (roomBytes() >= BOUND_BYTES) growBy(1);
    else this.#timer = this.#clock.schedule(CHECK_MS, () => this.#check());
  }
}

function growBy(factor: number): void {
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}

function roomBytes(): number {
  return getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? 0;
}
