import { randomInt } from 'node:crypto';
import { type RuntimeContext, type Subtask, subtaskOf } from '../../connector/runtime-context.ts';
import type { Position, ScanProjection, ScanTableSource, SourceReader } from '../../connector/source.ts';
import { ChangelogMode } from '../../types/changelog-mode.ts';
import type { Clock, Timer } from '../../types/clock.ts';
import { EMPTY_BATCH, type Row, type RowBatch } from '../../types/row.ts';
import type { Generate } from './generator.ts';
import { PlacedRandom } from './random.ts';

export interface DatagenSettings {
  /** By column of the table. */
  readonly generate: readonly Generate[];
  readonly rowsPerSecond: number;
  /** How many rows there are; null: no end. */
  readonly rows: number | null;
  /** `scan.parallelism` */
  readonly parallelism: number | undefined;
}

export function datagenSource(settings: DatagenSettings): ScanTableSource {
  return {
    kind: 'scan',
    changelogMode: ChangelogMode.insertOnly,
    bounded: settings.rows !== null,
    readableMetadata: new Map(),
    parallelism: settings.parallelism,
    mergePositions: (positions) => ({ shares: positions.flatMap(sharesOf) }),
    createReader: (projection, context) => new DatagenReader(settings, projection, context),
  };
}

/** Every `step`th row is one reader's, or was before the job went on with another number of readers. */
interface Share {
  readonly seed: number;
  readonly step: number;
  next: number;
}

function sharesOf(position: Position): Share[] {
  return (position['shares'] as Share[]).map((share) => ({ ...share }));
}

/** A row depends on the seed and its number alone, so a restored reader goes on exactly where it was. */
class DatagenReader implements SourceReader {
  readonly #settings: DatagenSettings;
  readonly #columns: readonly number[];
  readonly #clock: Clock;
  readonly #random = new PlacedRandom();
  readonly #subtask: Subtask;
  readonly #rowsPerSecond: number;
  #shares: Share[] = [];
  #made = 0;
  /** When, on the monotonic clock, the row behind the first `#first` ones was due. */
  #startedAt = 0;
  #first = 0;
  #wake: (() => void) | null = null;

  constructor(settings: DatagenSettings, projection: ScanProjection, context: RuntimeContext) {
    this.#settings = settings;
    this.#columns = projection.physical;
    this.#clock = context.clock;
    this.#subtask = subtaskOf(context);
    this.#rowsPerSecond = settings.rowsPerSecond / this.#subtask.parallelism;
  }

  async open(restored: Position | null): Promise<void> {
    const { index, parallelism } = this.#subtask;
    this.#shares =
      restored === null
        ? [{ seed: randomInt(2 ** 32), step: parallelism, next: index }]
        : sharesOf(restored).filter((_, i) => i % parallelism === index);
    this.#startedAt = this.#clock.monotonic();
  }

  poll(max: number): RowBatch | null | Promise<RowBatch> {
    const left = this.#left();
    if (left === 0) return null;
    const count = Math.min(max, left, this.#due());
    return count > 0 ? this.#make(count) : this.#wait();
  }

  #left(): number {
    const { rows } = this.#settings;
    if (rows === null) return Number.POSITIVE_INFINITY;
    return this.#shares.reduce((n, { next, step }) => n + stepsUpTo(rows, next, step), 0);
  }

  /** Rows that may be made now. A reader that fell behind by more than a second does not make up for it. */
  #due(): number {
    const now = this.#clock.monotonic();
    const rate = this.#rowsPerSecond;
    const due = this.#first + Math.floor(((now - this.#startedAt) * rate) / 1000) + 1 - this.#made;
    if (due <= rate + 1) return due;
    this.#first = this.#made;
    this.#startedAt = now - 1000;
    return Math.ceil(rate);
  }

  #make(count: number): RowBatch {
    const rows: Row[] = [];
    const now = this.#clock.now();
    for (let i = 0; i < count; i++) {
      const share = this.#furthestBehind();
      rows.push(this.#row(share, now));
      share.next += share.step;
    }
    this.#made += count;
    return { rows, kinds: null };
  }

  #furthestBehind(): Share {
    let least = this.#shares[0]!;
    for (let i = 1; i < this.#shares.length; i++) {
      if (this.#shares[i]!.next < least.next) least = this.#shares[i]!;
    }
    return least;
  }

  #row({ seed, next: n }: Share, now: number): Row {
    const columns = this.#columns;
    const row: unknown[] = [];
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      this.#random.at(seed, n, column);
      row.push(this.#settings.generate[column]!(this.#random, n, now));
    }
    return row;
  }

  /** An empty batch when the next row is due, or at `wakeUp`. */
  #wait(): Promise<RowBatch> {
    const at = this.#startedAt + ((this.#made - this.#first) * 1000) / this.#rowsPerSecond;
    return new Promise((resolve) => {
      const timer: Timer = this.#clock.schedule(
        Math.max(1, Math.ceil(at - this.#clock.monotonic())),
        () => this.#wake?.(),
        true,
      );
      this.#wake = () => {
        this.#wake = null;
        timer.cancel();
        resolve(EMPTY_BATCH);
      };
    });
  }

  wakeUp(): void {
    this.#wake?.();
  }

  position(): Position {
    return { shares: this.#shares.map((share) => ({ ...share })) };
  }

  async commit(): Promise<void> {}

  progress() {
    const { rows } = this.#settings;
    if (rows === null) return {};
    const pending = this.#left();
    const all = this.#shares.reduce((n, { next, step }) => n + stepsUpTo(rows, next % step, step), 0);
    return { pending, fraction: all === 0 ? 1 : (all - pending) / all };
  }

  async close(): Promise<void> {
    this.wakeUp();
  }
}

/** How many of `from`, `from + step` … are less than `end`. */
function stepsUpTo(end: number, from: number, step: number): number {
  return Math.max(0, Math.ceil((end - from) / step));
}
