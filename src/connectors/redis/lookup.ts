// Asks Redis for the rows of keys: whole batches, each key once, and not at all while another batch is asking for it.
import type { LookupCache } from '../../connector/caches/cache.ts';
import { CacheMetrics } from '../../connector/caches/metrics.ts';
import { Latency } from '../../connector/latency.ts';
import type { LookupFunction } from '../../connector/lookup.ts';
import type { Counter } from '../../connector/metrics.ts';
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import { ConnectorError } from '../../types/errors.ts';
import type { Row } from '../../types/row.ts';
import { CommandBatch } from './client/command-batch.ts';
import { type RedisPort, RedisReplyError } from './client/port.ts';
import type { BoundLookup } from './modes/mode.ts';
import { registerPortMetrics } from './port-metrics.ts';
import { connectionError, refusalError } from './refusal-error.ts';
import { KeyTracking } from './tracking.ts';

export interface RedisLookupSettings {
  /** For messages: `default_catalog.default_database.t` */
  readonly table: string;
  readonly bound: BoundLookup;
  readonly cache: LookupCache | null;
  /** Redis reports changed keys: the cache forgets them. */
  readonly tracking: boolean;
  openPort(): Promise<RedisPort>;
}

type Rows = readonly Row[];

const NO_ROWS: Rows = [];
/** Keys of one question to the server. */
const MAX_KEYS = 1000;
/** Questions of one call that are under way at a time. */
const MAX_QUESTIONS = 4;

/** Keys that go out together. */
interface Question {
  readonly ids: string[];
  /** By id; where several keys have one id, the first. */
  readonly keys: Row[];
  readonly rows: Map<string, Rows>;
  readonly answered: PromiseWithResolvers<void>;
}

export class RedisLookup implements LookupFunction {
  readonly #settings: RedisLookupSettings;
  readonly #bound: BoundLookup;
  readonly #cache: LookupCache | null;
  readonly #metrics: CacheMetrics | null;
  readonly #requests: Counter;
  readonly #requestErrors: Counter;
  readonly #latency: Latency;
  readonly #context: RuntimeContext;
  /** Questions under way by id. An id that was reported as changed is no longer here: its answer may be old. */
  readonly #asked = new Map<string, Question>();
  readonly #free: CommandBatch[] = [];
  #port: RedisPort | null = null;
  #tracking: KeyTracking | null = null;
  /** False while Redis may not report changes that it should. */
  #caching: boolean;
  #closed = false;

  constructor(settings: RedisLookupSettings, context: RuntimeContext) {
    this.#settings = settings;
    this.#bound = settings.bound;
    this.#cache = settings.cache;
    this.#caching = !settings.tracking;
    const { metrics } = context;
    this.#metrics = settings.cache === null ? null : new CacheMetrics(metrics, settings.cache);
    this.#requests = metrics.counter('numRequests');
    this.#requestErrors = metrics.counter('numRequestErrors');
    this.#latency = new Latency(metrics, 'requestLatency');
    registerPortMetrics(metrics, () => (this.#port === null ? [] : [this.#port.stats]));
    this.#context = context;
  }

  async open(): Promise<void> {
    this.#port = await this.#settings.openPort();
    if (this.#closed) await this.#port.close(); // closed before there was anything to close
    try {
      await this.#port.connect();
    } catch (reason) {
      throw connectionError(this.#settings.table, 'connecting to', reason);
    }
    if (this.#settings.tracking && this.#cache !== null) await this.#track(this.#port, this.#cache);
  }

  async #track(port: RedisPort, cache: LookupCache): Promise<void> {
    const forgetAll = () => {
      cache.clear();
      this.#asked.clear();
    };
    this.#tracking = new KeyTracking({
      table: this.#settings.table,
      prefix: this.#bound.scan.prefix,
      port,
      clock: this.#context.clock,
      logger: this.#context.logger,
      listener: {
        changed: (keys) => (keys === null ? forgetAll() : this.#forget(keys, cache)),
        started: () => {
          this.#asked.clear(); // what is under way may have been read before the reports began
          this.#caching = true;
        },
        lost: () => {
          this.#caching = false;
          forgetAll();
        },
      },
    });
    await this.#tracking.open();
  }

  #forget(redisKeys: readonly string[], cache: LookupCache): void {
    const { scan } = this.#bound;
    for (const redisKey of redisKeys) {
      if (scan.kind === 'hash') {
        if (redisKey !== scan.prefix) continue;
        cache.clear(); // which field changed is not told
        this.#asked.clear();
      } else {
        const id = scan.idOfKey(redisKey);
        if (id === null) continue;
        cache.delete(id);
        this.#asked.delete(id);
      }
      this.#metrics!.invalidations.value++;
    }
  }

  lookup(keys: readonly Row[]): readonly Rows[] | Promise<readonly Rows[]> {
    if (this.#closed) throw this.#closedError();
    const found: (Rows | undefined)[] = this.#cache === null ? [] : this.#fromCache(keys, this.#cache);
    for (let i = 0; i < keys.length; i++) {
      if (found[i] === undefined) return this.#ask(keys, found);
    }
    return found as Rows[];
  }

  #fromCache(keys: readonly Row[], cache: LookupCache): (Rows | undefined)[] {
    const found: (Rows | undefined)[] = [];
    let hits = 0;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      const rows = cache.get(this.#bound.idOf(key));
      if (rows !== undefined) hits++;
      found.push(rows === undefined ? undefined : this.#withKey(key, rows));
    }
    this.#metrics!.hits.value += hits;
    this.#metrics!.misses.value += keys.length - hits;
    return found;
  }

  #withKey(key: Row, rows: Rows): Rows {
    const { withKey } = this.#bound;
    return withKey === undefined ? rows : withKey(key, rows);
  }

  async #ask(keys: readonly Row[], found: readonly (Rows | undefined)[]): Promise<readonly Rows[]> {
    const mine: Question[] = [];
    const asked = keys.map((key, i) => (found[i] === undefined ? this.#questionOf(key, mine) : null));
    const others = [...new Set(asked)].filter((q) => q !== null && !mine.includes(q)) as Question[];
    await Promise.all([this.#putQuestions(mine), ...others.map((q) => q.answered.promise)]);
    return keys.map((key, i) => found[i] ?? this.#withKey(key, asked[i]!.rows.get(this.#bound.idOf(key))!));
  }

  /** The question that a key is in: one that is under way, or the last of `mine`. */
  #questionOf(key: Row, mine: Question[]): Question {
    const id = this.#bound.idOf(key);
    const underWay = this.#asked.get(id);
    if (underWay !== undefined) return underWay;
    let question = mine.at(-1);
    if (question === undefined || question.ids.length >= MAX_KEYS) {
      question = { ids: [], keys: [], rows: new Map(), answered: Promise.withResolvers<void>() };
      mine.push(question);
    }
    question.ids.push(id);
    question.keys.push(key);
    this.#asked.set(id, question);
    return question;
  }

  async #putQuestions(questions: readonly Question[]): Promise<void> {
    for (const { answered } of questions) answered.promise.catch(ignoreHere);
    for (let i = 0; i < questions.length; i += MAX_QUESTIONS) {
      try {
        await Promise.all(questions.slice(i, i + MAX_QUESTIONS).map((q) => this.#put(q)));
      } catch (error) {
        for (const unasked of questions.slice(i + MAX_QUESTIONS)) this.#giveUp(unasked, error);
        throw error;
      }
    }
  }

  async #put(question: Question): Promise<void> {
    const start = this.#context.clock.monotonic();
    const batch = this.#free.pop() ?? new CommandBatch();
    this.#requests.value++;
    try {
      this.#bound.encode(question.ids, batch);
      const found = this.#bound.decode(question.ids, await this.#replies(batch));
      for (let i = 0; i < found.length; i++) {
        const texts = found[i]!;
        this.#answer(
          question,
          question.ids[i]!,
          texts === null ? NO_ROWS : this.#bound.rows(question.keys[i]!, texts),
        );
      }
      batch.reset();
      this.#free.push(batch);
      question.answered.resolve();
    } catch (error) {
      this.#requestErrors.value++;
      if (this.#metrics !== null) this.#metrics.loadFailures.value += question.ids.length;
      this.#giveUp(question, error);
      throw error;
    } finally {
      const took = this.#context.clock.monotonic() - start;
      this.#latency.record(took);
      if (this.#metrics !== null) this.#metrics.latestLoadTime = took;
    }
  }

  async #replies(batch: CommandBatch) {
    let replies: Awaited<ReturnType<RedisPort['pipeline']>>;
    try {
      replies = await this.#port!.pipeline(batch);
    } catch (reason) {
      throw this.#closed
        ? this.#closedError()
        : connectionError(this.#settings.table, 'reading from', reason);
    }
    for (let i = 0; i < replies.length; i++) {
      const reply = replies[i];
      if (reply instanceof RedisReplyError) throw refusalError(this.#settings.table, batch, i, reply);
    }
    return replies;
  }

  #answer(question: Question, id: string, rows: Rows): void {
    question.rows.set(id, rows);
    if (this.#metrics !== null) this.#metrics.loads.value++;
    if (this.#asked.get(id) !== question) return; // changed since it was asked
    this.#asked.delete(id);
    if (this.#caching) this.#cache?.put(id, rows);
  }

  #giveUp(question: Question, error: unknown): void {
    for (const id of question.ids) {
      if (this.#asked.get(id) === question) this.#asked.delete(id);
    }
    question.answered.reject(error);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#tracking?.close();
    this.#cache?.clear();
    await this.#port?.close();
  }

  #closedError(): ConnectorError {
    return new ConnectorError(`Table '${this.#settings.table}': the lookup is closed.`);
  }
}

/** Whoever waits for a question gets its error; where nobody else does, the asker's own promise carries it. */
function ignoreHere(): void {}
