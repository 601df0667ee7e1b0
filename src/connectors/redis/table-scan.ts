// Reading a whole table, in steps of bounded size: SCAN on every master at once, or HSCAN of one hash.
import type { Texts } from '../../connector/caches/compact-table.ts';
import { CommandBatch } from './client/command-batch.ts';
import { type RedisPort, RedisReplyError, type Reply } from './client/port.ts';
import type { BoundLookup, ScanStep } from './modes/mode.ts';
import { connectionError, refusalError } from './refusal-error.ts';

export interface ScanSettings {
  /** For messages. */
  readonly table: string;
  readonly bound: BoundLookup;
  readonly port: RedisPort;
  /** Called for each row found; a key may come more than once. */
  row(id: string, found: Texts): void;
  /** Called after each step. */
  stepped(): void;
}

/** What one answer should hold, about. */
const STEP_CHARACTERS = 512 * 1024;
const FIRST_COUNT = 200;
const MIN_COUNT = 10;
const MAX_COUNT = 2000;
/** Once more when keys were moving between masters meanwhile: they may have moved to where the scan had been already. */
const MAX_PASSES = 3;

/** @throws ConnectorError */
export async function scanTable(settings: ScanSettings): Promise<void> {
  const { port, bound } = settings;
  for (let pass = 1; ; pass++) {
    const redirects = port.stats.redirects;
    if (bound.scan.kind === 'hash') {
      await new Scanner(settings, (batch) => port.pipeline(batch)).run();
    } else {
      const nodes = await guarded(settings, port.nodes());
      await Promise.all(nodes.map((node) => new Scanner(settings, (batch) => node.pipeline(batch)).run()));
    }
    if (port.stats.redirects === redirects || pass === MAX_PASSES) return;
  }
}

/** The scan of one server. While the values of one step are read, the next step is under way. */
class Scanner {
  readonly #settings: ScanSettings;
  readonly #ask: (batch: CommandBatch) => Promise<readonly Reply[]>;
  readonly #steps = new CommandBatch(1024);
  readonly #values = new CommandBatch();
  #count = FIRST_COUNT;
  #typed = true;

  constructor(settings: ScanSettings, ask: (batch: CommandBatch) => Promise<readonly Reply[]>) {
    this.#settings = settings;
    this.#ask = ask;
  }

  async run(): Promise<void> {
    let cursor = '0';
    let values: Promise<void> = Promise.resolve();
    do {
      const step = await this.#step(cursor);
      await values;
      cursor = step.cursor;
      values = this.#take(step);
      values.catch(() => {
        // awaited above or below; here only so that a step that fails first does not leave it unheard
      });
    } while (cursor !== '0');
    await values;
  }

  async #step(cursor: string): Promise<ScanStep> {
    const { scan } = this.#settings.bound;
    const batch = this.#steps;
    for (;;) {
      batch.reset();
      scan.encodeStep(cursor, this.#count, this.#typed, batch);
      const [reply] = await guarded(this.#settings, this.#ask(batch));
      if (!(reply instanceof RedisReplyError)) return scan.readStep(reply!);
      // Servers before Redis 6 know no TYPE in SCAN: then all keys are asked for, and those of other types answer an error.
      const untyped = scan.kind === 'keys' && this.#typed && /syntax error/i.test(reply.message);
      if (!untyped) throw refusalError(this.#settings.table, batch, 0, reply);
      this.#typed = false;
    }
  }

  async #take({ ids, found }: ScanStep): Promise<void> {
    const { row, stepped } = this.#settings;
    if (found === null) {
      for (let from = 0; from < ids.length; ) {
        const to = from + this.#count; // which reading changes
        await this.#read(ids.slice(from, to));
        from = to;
      }
    } else {
      let characters = 0;
      for (let i = 0; i < ids.length; i++) {
        characters += size(found[i]!);
        row(ids[i]!, found[i]!);
      }
      this.#adapt(ids.length, characters);
    }
    stepped();
  }

  async #read(ids: readonly string[]): Promise<void> {
    const { bound, port, row } = this.#settings;
    const batch = this.#values;
    batch.reset();
    const found = await readValues(this.#settings, port, bound, ids, batch);
    let characters = 0;
    for (let i = 0; i < ids.length; i++) {
      const texts = found[i]!;
      if (texts === null) continue;
      characters += size(texts);
      row(ids[i]!, texts);
    }
    this.#adapt(ids.length, characters);
  }

  #adapt(rows: number, characters: number): void {
    if (rows === 0) return;
    const fitting = Math.floor((STEP_CHARACTERS * rows) / (characters + rows * 16));
    this.#count = Math.min(MAX_COUNT, Math.max(MIN_COUNT, Math.min(fitting, this.#count * 2)));
  }
}

/** The values of ids; null for those that are not there, or are of another type. @throws ConnectorError */
export async function readValues(
  settings: { readonly table: string },
  port: RedisPort,
  bound: BoundLookup,
  ids: readonly string[],
  batch: CommandBatch,
): Promise<(Texts | null)[]> {
  bound.encode(ids, batch);
  const replies = await guarded(settings, port.pipeline(batch));
  for (let i = 0; i < replies.length; i++) {
    const reply = replies[i];
    if (reply instanceof RedisReplyError && reply.code !== 'WRONGTYPE') {
      throw refusalError(settings.table, batch, i, reply);
    }
  }
  return bound.decode(ids, replies);
}

async function guarded<T>(settings: { readonly table: string }, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (reason) {
    throw connectionError(settings.table, 'loading from', reason);
  }
}

function size(texts: Texts): number {
  let characters = 0;
  for (const text of texts) characters += text === null ? 0 : text.length;
  return characters;
}
