// Reading a whole table, in steps of bounded size: SCAN on every master at once, or HSCAN of one hash.
//
// A cursor means something to the server that gave it, in the life in which it did: another server, or the same one after a
// restart, takes it without complaint and skips keys. So the steps of one scan go over one connection, and when that breaks the
// scan of that server begins anew.
import type { Texts } from '../../connector/caches/compact-table.ts';
import type { Clock } from '../../types/clock.ts';
import { ConnectorError } from '../../types/errors.ts';
import { backOffMs } from './client/back-off.ts';
import { CommandBatch } from './client/command-batch.ts';
import { isPassing, portClosed } from './client/connection-errors.ts';
import { type OwnConnection, type RedisNode, type RedisPort, RedisReplyError } from './client/port.ts';
import { RETRY_TIMEOUT_MS } from './deployment.ts';
import type { BoundLookup, ScanStep } from './modes/mode.ts';
import { connectionError, refusalError } from './refusal-error.ts';

export interface ScanSettings {
  /** For messages. */
  readonly table: string;
  readonly bound: BoundLookup;
  readonly port: RedisPort;
  readonly clock: Clock;
  readonly signal: AbortSignal;
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
/** Again while keys are moving between masters: they may have moved to where the scan had been already. */
const MAX_PASSES = 3;

/** @throws ConnectorError */
export async function scanTable(settings: ScanSettings): Promise<void> {
  const { port, bound } = settings;
  // One hash is read by a single server, which refuses once the hash has moved.
  if (bound.scan.kind === 'hash') return new ScanPass(settings).run();
  const layout = () => guarded(settings, port.layout());
  let before = await layout();
  for (let pass = 1; ; pass++) {
    const { redirects } = port.stats;
    await new ScanPass(settings).run();
    const after = await layout();
    const quiet = !before.moving && before.version === after.version && port.stats.redirects === redirects;
    if (quiet || pass === MAX_PASSES) return;
    before = after;
  }
}

/** Reads every server once, each one from its beginning to its end. */
class ScanPass {
  readonly #settings: ScanSettings;
  /** Servers that have been read, by their labels. */
  readonly #done = new Set<string>();
  #lastStep: number;

  constructor(settings: ScanSettings) {
    this.#settings = settings;
    this.#lastStep = settings.clock.monotonic();
  }

  async run(): Promise<void> {
    const { clock, signal } = this.#settings;
    for (let attempt = 0; ; attempt++) {
      const progress = this.#lastStep;
      const trouble = await this.#readTheRest();
      if (trouble === null) return;
      if (!trouble.retryable || signal.aborted) throw trouble;
      if (clock.monotonic() - this.#lastStep >= RETRY_TIMEOUT_MS) throw trouble;
      if (this.#lastStep > progress) attempt = 0;
      await clock.sleep(backOffMs(attempt), signal);
    }
  }

  /** @returns what kept it from being done, an error that cannot be waited out before others */
  async #readTheRest(): Promise<ConnectorError | null> {
    const nodes = await orTrouble(this.#nodes());
    if (nodes instanceof ConnectorError) return nodes;
    const rest = nodes.filter((node) => !this.#done.has(node.label));
    const troubles = (await Promise.all(rest.map((node) => orTrouble(this.#read(node))))).filter(
      (t) => t instanceof ConnectorError,
    );
    return troubles.find((t) => !t.retryable) ?? troubles[0] ?? null;
  }

  /** Those that there are now: one that is gone may have been replaced. */
  #nodes(): Promise<readonly RedisNode[]> {
    const { port, bound } = this.#settings;
    const nodes = bound.scan.kind === 'keys' ? port.nodes() : port.nodeOf(bound.scan.prefix).then((n) => [n]);
    return guarded(this.#settings, nodes);
  }

  async #read(node: RedisNode): Promise<void> {
    const { signal } = this.#settings;
    let connection: OwnConnection | null = null;
    const hangUp = () => connection?.destroy(portClosed(node.label));
    try {
      connection = await guarded(this.#settings, node.openReader());
      signal.addEventListener('abort', hangUp);
      signal.throwIfAborted();
      await new Scanner(this.#settings, connection, () => {
        this.#lastStep = this.#settings.clock.monotonic();
      }).run();
      this.#done.add(node.label);
    } finally {
      signal.removeEventListener('abort', hangUp);
      hangUp();
    }
  }
}

async function orTrouble<T>(work: Promise<T>): Promise<T | ConnectorError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ConnectorError) return error;
    throw error;
  }
}

/** The scan of one server. While the values of one step are read, the next step is under way. */
class Scanner {
  readonly #settings: ScanSettings;
  readonly #connection: OwnConnection;
  readonly #stepped: () => void;
  readonly #steps = new CommandBatch(1024);
  readonly #values = new CommandBatch();
  /** Of a step: as many as a question takes, more where few of them belong to the table. */
  #stepCount = FIRST_COUNT;
  /** Of a question for values, which may be large. */
  #count = FIRST_COUNT;
  #typed = true;

  constructor(settings: ScanSettings, connection: OwnConnection, stepped: () => void) {
    this.#settings = settings;
    this.#connection = connection;
    this.#stepped = stepped;
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
      scan.encodeStep(cursor, this.#stepCount, this.#typed, batch);
      const [reply] = await guarded(this.#settings, this.#connection.request(batch));
      if (!(reply instanceof RedisReplyError)) {
        this.#stepped();
        return scan.readStep(reply!);
      }
      // Servers before Redis 6 know no TYPE in SCAN: then all keys are asked for, and those of other types answer an error.
      const untyped = scan.kind === 'keys' && this.#typed && /syntax error/i.test(reply.message);
      if (!untyped) throw this.#refused(reply);
      this.#typed = false;
    }
  }

  /** Elsewhere, or later: a hash that has moved, a server that loads its data. */
  #refused(reply: RedisReplyError): ConnectorError {
    const error = refusalError(this.#settings.table, this.#steps, 0, reply);
    const passing = isPassing(reply) || reply.code === 'MOVED' || reply.code === 'ASK';
    return passing ? new ConnectorError(error.message, { retryable: true }) : error;
  }

  async #take({ ids, found }: ScanStep): Promise<void> {
    const { row, stepped } = this.#settings;
    if (found === null) {
      for (let from = 0; from < ids.length; ) {
        const to = from + this.#count; // which reading changes
        await this.#read(ids.slice(from, to));
        from = to;
      }
      const few = ids.length * 2 < this.#stepCount;
      this.#stepCount = few ? Math.min(MAX_COUNT, this.#stepCount * 2) : this.#count;
    } else {
      let characters = 0;
      for (let i = 0; i < ids.length; i++) {
        characters += size(found[i]!);
        row(ids[i]!, found[i]!);
      }
      this.#adapt(ids.length, characters);
      this.#stepCount = this.#count;
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
  // Replies that were not asked for as bytes are strings.
  return ids.map((_, i) => bound.foundAt(i, replies) as Texts | null);
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
