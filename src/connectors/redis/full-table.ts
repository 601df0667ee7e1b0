// `cache` = `ALL`: the whole table in memory. The first load is waited for; later ones build aside and take the place of the
// one before at once. A load that fails leaves the table as it is. With `cache.invalidation`, keys that Redis reports as changed
// are read again in between.
import { CompactTable, type Texts } from '../../connector/caches/compact-table.ts';
import { type TimeRange, untilEnd, wallClock } from '../../connector/caches/time-ranges.ts';
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import type { Timer } from '../../types/clock.ts';
import { ConnectorError } from '../../types/errors.ts';
import { CommandBatch } from './client/command-batch.ts';
import type { PortStats, RedisPort } from './client/port.ts';
import type { BoundLookup } from './modes/mode.ts';
import { connectionError } from './refusal-error.ts';
import { readValues, scanTable } from './table-scan.ts';
import { KeyTracking } from './tracking.ts';

export interface FullTableSettings {
  /** For messages: `default_catalog.default_database.t` */
  readonly table: string;
  readonly bound: BoundLookup;
  /** From the end of one load to the next; undefined: loaded once. */
  readonly reloadMs: number | undefined;
  /** When it is not loaded again, by the clock of `RuntimeContext.timeZone`. */
  readonly noReload: readonly TimeRange[];
  readonly tracking: boolean;
  openPort(): Promise<RedisPort>;
}

/** A load that takes longer than this says how far it is, each time this has passed. */
const PROGRESS_MS = 5000;
/** Longest sleep at a time: timers of more than 24 days ring at once. */
const MAX_SLEEP_MS = 3_600_000;
/** In a period without reloads the clock is looked at this often: it may be put forward or back for summer time. */
const LOOK_MS = 60_000;
/** Pause between loads that something other than the interval asks for: at least this, and longer after a failure. */
const MIN_PAUSE_MS = 10;
const RETRY_MS = 1000;
/** Changed keys that are read together. */
const CHANGES = 1000;

export class FullTable {
  readonly #settings: FullTableSettings;
  readonly #context: RuntimeContext;
  readonly #wallClock: ReturnType<typeof wallClock>;
  #port: RedisPort | null = null;
  #tracking: KeyTracking | null = null;
  #current: CompactTable | null = null;
  #building: CompactTable | null = null;
  /** Keys that changed while the table is being built: what the scan says of them may be old. */
  readonly #touched = new Set<string>();
  /** Changed keys that wait to be read. */
  readonly #changed = new Set<string>();
  #applying = false;
  /** Changed keys that have been read, since the start; and who waits for a number of them. */
  #applied = 0;
  #beingRead = 0;
  #barriers: { readonly at: number; readonly done: PromiseWithResolvers<void> }[] = [];
  #reported = false;
  /** Something happened that only a load can mend. */
  #wanted = false;
  #timer: Timer | null = null;
  /** On the monotonic clock. */
  #lastEnd = 0;
  #closed = false;
  readonly #abort = new AbortController();

  /** What is left to tell once the table is gone. */
  #lastSize = 0;
  #lastBytes = 0;

  /** Loads that succeeded, and failed. */
  loads = 0;
  failures = 0;
  /** Milliseconds, of the last load that succeeded. */
  latestLoadMs = 0;
  /** Keys reported as changed. */
  invalidations = 0;

  constructor(settings: FullTableSettings, context: RuntimeContext) {
    this.#settings = settings;
    this.#context = context;
    this.#wallClock = wallClock(context.timeZone);
  }

  /** The last whole table. Not before `open` is done. */
  get current(): CompactTable {
    if (this.#current === null) throw new ConnectorError(`Table '${this.#settings.table}' is not loaded.`);
    return this.#current;
  }

  /** Rows; after closing as before. */
  get size(): number {
    return this.#current?.size ?? this.#lastSize;
  }

  /** Memory, also of a table under construction; after closing as before. */
  get byteLength(): number {
    return (this.#current?.byteLength ?? this.#lastBytes) + (this.#building?.byteLength ?? 0);
  }

  get portStats(): PortStats | null {
    return this.#port?.stats ?? null;
  }

  /** Connects and loads. @throws ConnectorError when the first load fails */
  async open(): Promise<void> {
    const { table, openPort, tracking } = this.#settings;
    try {
      this.#port = await openPort();
      if (this.#closed) await this.#port.close(); // closed before there was anything to close
      await this.#port.connect();
    } catch (reason) {
      throw connectionError(table, 'connecting to', reason);
    }
    if (tracking) {
      this.#tracking = new KeyTracking({
        table,
        prefix: this.#settings.bound.scan.prefix,
        port: this.#port,
        clock: this.#context.clock,
        logger: this.#context.logger,
        listener: {
          changed: (keys) => this.#onChanged(keys),
          started: () => this.#onReported(),
          lost: () => {},
        },
      });
      await this.#tracking.open();
    }
    try {
      await this.#load();
    } catch (error) {
      this.failures++;
      throw error;
    }
    this.#schedule();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#abort.abort(this.#closedError());
    this.#timer?.cancel();
    this.#tracking?.close();
    await this.#port?.close();
    if (this.#current !== null) {
      this.#lastSize = this.#current.size;
      this.#lastBytes = this.#current.byteLength;
    }
    this.#current = null;
    this.#building = null;
  }

  // ---- when ------------------------------------------------------------------------------------------------------------

  /** Sets the timer for the next load, if there is to be one. */
  #schedule(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#closed || this.#building !== null || this.#current === null) return;
    const wait = this.#untilDue();
    if (wait === null) return;
    this.#timer = this.#context.clock.schedule(Math.min(wait, MAX_SLEEP_MS), () => this.#onTimer());
  }

  #untilDue(): number | null {
    const { reloadMs } = this.#settings;
    const since = this.#context.clock.monotonic() - this.#lastEnd;
    const byTime = reloadMs === undefined ? null : Math.max(0, reloadMs - since);
    if (!this.#wanted) return byTime;
    // No more than half of the time goes into loads, however often somebody asks for one.
    const bySomebody = Math.max(0, Math.max(this.latestLoadMs, MIN_PAUSE_MS) - since);
    return byTime === null ? bySomebody : Math.min(byTime, bySomebody);
  }

  #onTimer(): void {
    this.#timer = null;
    if (this.#closed) return;
    if ((this.#untilDue() ?? 1) > 0) {
      this.#schedule();
      return;
    }
    const { clock } = this.#context;
    const forbidden = untilEnd(this.#settings.noReload, this.#wallClock(clock.now()));
    if (forbidden > 0) {
      this.#timer = clock.schedule(Math.min(forbidden, LOOK_MS), () => this.#onTimer());
      return;
    }
    void this.#reload();
  }

  #want(): void {
    this.#wanted = true;
    this.#schedule();
  }

  /** Never rejects. */
  async #reload(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = false;
    try {
      await this.#load();
    } catch (error) {
      if (this.#closed) return;
      this.failures++;
      this.#lastEnd = this.#context.clock.monotonic() + (wanted ? RETRY_MS : 0);
      this.#wanted ||= wanted;
      this.#context.logger.warn(
        `${(error as Error).message} The table in memory stays as it was loaded before (${this.size} rows).${causes(error)}`,
      );
    }
    this.#schedule();
  }

  // ---- loading ---------------------------------------------------------------------------------------------------------

  async #load(): Promise<void> {
    const { clock } = this.#context;
    const start = clock.monotonic();
    const building = new CompactTable();
    this.#building = building;
    this.#touched.clear();
    const progress = this.#progress(building, start);
    try {
      await scanTable({
        table: this.#settings.table,
        bound: this.#settings.bound,
        port: this.#port!,
        clock,
        signal: this.#abort.signal,
        row: (id, found) => {
          if (this.#touched.size === 0 || !this.#touched.has(id)) building.set(id, found);
        },
        stepped: progress.step,
      });
      // Keys that the scan left out because they changed meanwhile.
      await this.#appliedUpToNow();
      if (this.#closed) throw this.#closedError();
      this.#current = building;
      this.loads++;
      this.latestLoadMs = clock.monotonic() - start;
      progress.end();
    } finally {
      this.#building = null;
      this.#touched.clear();
      this.#lastEnd = clock.monotonic();
    }
  }

  #closedError(): ConnectorError {
    return new ConnectorError(`Table '${this.#settings.table}': the lookup is closed.`);
  }

  #progress(building: CompactTable, start: number): { step(): void; end(): void } {
    const { clock, logger } = this.#context;
    const { table } = this.#settings;
    let told = start;
    const text = (now: number) => {
      const rate = Math.round((building.size * 1000) / Math.max(1, now - start));
      return `${building.size} rows, ${rate} rows/s, ${(building.byteLength / 1e6).toFixed(1)} MB`;
    };
    return {
      step() {
        const now = clock.monotonic();
        if (now - told < PROGRESS_MS) return;
        told = now;
        logger.info(`Table '${table}': loading into memory: ${text(now)} so far.`);
      },
      end() {
        const now = clock.monotonic();
        const line = `Table '${table}': loaded into memory in ${Math.round(now - start)} ms: ${text(now)}.`;
        if (told === start) logger.debug(line);
        else logger.info(line);
      },
    };
  }

  // ---- changes ---------------------------------------------------------------------------------------------------------

  /** Reports begin; not for the first time: some have been missed. */
  #onReported(): void {
    if (this.#reported) this.#want();
    this.#reported = true;
  }

  #onChanged(keys: readonly string[] | null): void {
    const { scan } = this.#settings.bound;
    if (keys === null) {
      this.#want();
      return;
    }
    for (const key of keys) {
      if (scan.kind === 'hash') {
        if (key !== scan.prefix) continue;
        this.invalidations++;
        this.#want(); // which field changed is not told
        return;
      }
      const id = scan.idOfKey(key);
      if (id === null) continue;
      this.invalidations++;
      if (this.#building !== null) this.#touched.add(id);
      this.#changed.add(id);
    }
    if (!this.#applying) void this.#apply();
  }

  /**
   * Reads changed keys, one batch at a time and in the order of their reports: two reads of one key at a time could be
   * answered in either order. Never rejects.
   */
  async #apply(): Promise<void> {
    this.#applying = true;
    const batch = new CommandBatch();
    try {
      while (this.#changed.size > 0 && !this.#closed) {
        const ids: string[] = [];
        for (const id of this.#changed) {
          ids.push(id);
          this.#changed.delete(id); // a change from here on is a new one
          if (ids.length === CHANGES) break;
        }
        this.#beingRead = ids.length;
        batch.reset();
        await this.#readAgain(ids, batch);
        this.#pass(ids.length);
      }
    } catch (error) {
      this.#changed.clear();
      for (const { done } of this.#barriers.splice(0)) done.reject(error);
      if (!this.#closed) this.#changesFailed(error);
    } finally {
      this.#applying = false;
      this.#beingRead = 0;
    }
  }

  async #readAgain(ids: readonly string[], batch: CommandBatch): Promise<void> {
    const { bound } = this.#settings;
    const found = await readValues(this.#settings, this.#port!, bound, ids, batch);
    for (let i = 0; i < ids.length; i++) {
      store(this.#current, ids[i]!, found[i]!);
      store(this.#building, ids[i]!, found[i]!);
    }
  }

  #pass(keys: number): void {
    this.#beingRead = 0;
    this.#applied += keys;
    while (this.#barriers.length > 0 && this.#barriers[0]!.at <= this.#applied) {
      this.#barriers.shift()!.done.resolve();
    }
  }

  /** Resolves when all that has been reported up to now is read. */
  #appliedUpToNow(): Promise<void> {
    const waiting = this.#changed.size + this.#beingRead;
    if (waiting === 0) return Promise.resolve();
    const done = Promise.withResolvers<void>();
    this.#barriers.push({ at: this.#applied + waiting, done });
    return done.promise;
  }

  #changesFailed(error: unknown): void {
    this.failures++;
    this.#context.logger.warn(
      `Table '${this.#settings.table}': changed keys could not be read; the whole table will be.${causes(error)}`,
    );
    this.#want();
  }
}

function store(table: CompactTable | null, id: string, found: Texts | null): void {
  if (table === null) return;
  if (found === null) table.delete(id);
  else table.set(id, found);
}

function causes(error: unknown): string {
  const cause = (error as Error).cause;
  return cause instanceof Error ? ` Cause: ${cause.message}` : '';
}
