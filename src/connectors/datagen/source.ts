import { randomInt } from 'node:crypto';
import type { RuntimeContext } from '../../connector/runtime-context.ts';
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
}

export function datagenSource(settings: DatagenSettings): ScanTableSource {
  return {
    kind: 'scan',
    changelogMode: ChangelogMode.insertOnly,
    bounded: settings.rows !== null,
    readableMetadata: new Map(),
    createReader: (projection, context) => new DatagenReader(settings, projection, context),
  };
}

/** Row `n` depends on the seed and `n` alone, so a restored reader goes on exactly where it was. */
class DatagenReader implements SourceReader {
  readonly #settings: DatagenSettings;
  readonly #columns: readonly number[];
  readonly #clock: Clock;
  readonly #random = new PlacedRandom();
  #seed = 0;
  #next = 0;
  /** When, on the monotonic clock, row `#first` was due. */
  #startedAt = 0;
  #first = 0;
  #wake: (() => void) | null = null;

  constructor(settings: DatagenSettings, projection: ScanProjection, { clock }: RuntimeContext) {
    this.#settings = settings;
    this.#columns = projection.physical;
    this.#clock = clock;
  }

  async open(restored: Position | null): Promise<void> {
    this.#seed = restored === null ? randomInt(2 ** 32) : (restored['seed'] as number);
    this.#next = restored === null ? 0 : (restored['next'] as number);
    this.#first = this.#next;
    this.#startedAt = this.#clock.monotonic();
  }

  poll(max: number): RowBatch | null | Promise<RowBatch> {
    const left = (this.#settings.rows ?? Number.POSITIVE_INFINITY) - this.#next;
    if (left <= 0) return null;
    const count = Math.min(max, left, this.#due());
    return count > 0 ? this.#make(count) : this.#wait();
  }

  /** Rows that may be made now. A reader that fell behind by more than a second does not make up for it. */
  #due(): number {
    const { rowsPerSecond } = this.#settings;
    const now = this.#clock.monotonic();
    const due = this.#first + Math.floor(((now - this.#startedAt) * rowsPerSecond) / 1000) + 1 - this.#next;
    if (due <= rowsPerSecond + 1) return due;
    this.#first = this.#next;
    this.#startedAt = now - 1000;
    return rowsPerSecond;
  }

  #make(count: number): RowBatch {
    const rows: Row[] = [];
    const now = this.#clock.now();
    for (let i = 0; i < count; i++) rows.push(this.#row(this.#next++, now));
    return { rows, kinds: null };
  }

  #row(n: number, now: number): Row {
    const columns = this.#columns;
    const row: unknown[] = [];
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      this.#random.at(this.#seed, n, column);
      row.push(this.#settings.generate[column]!(this.#random, n, now));
    }
    return row;
  }

  /** An empty batch when the next row is due, or at `wakeUp`. */
  #wait(): Promise<RowBatch> {
    const at = this.#startedAt + ((this.#next - this.#first) * 1000) / this.#settings.rowsPerSecond;
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
    return { next: this.#next, seed: this.#seed };
  }

  async commit(): Promise<void> {}

  progress() {
    const { rows } = this.#settings;
    if (rows === null) return {};
    return { pending: rows - this.#next, fraction: rows === 0 ? 1 : this.#next / rows };
  }

  async close(): Promise<void> {
    this.wakeUp();
  }
}
