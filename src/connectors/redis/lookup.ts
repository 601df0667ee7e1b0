// Asks Redis for the rows of keys: whole batches, each key once, and not at all while another batch is asking for it.
import type { LookupCache } from '../../connector/caches/cache.ts';
import { CacheMetrics } from '../../connector/caches/metrics.ts';
import type { LookupFunction } from '../../connector/lookup.ts';
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import { ConnectorError } from '../../types/errors.ts';
import type { Row } from '../../types/row.ts';
import { CommandBatch } from './client/command-batch.ts';
import { type RedisPort, RedisReplyError } from './client/port.ts';
import type { BoundLookup } from './modes/mode.ts';
import { connectionError, refusalError } from './refusal-error.ts';

export interface RedisLookupSettings {
  /** For messages: `default_catalog.default_database.t` */
  readonly table: string;
  readonly bound: BoundLookup;
  readonly cache: LookupCache | null;
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
  readonly keys: string[];
  readonly rows: Map<string, Rows>;
  readonly answered: PromiseWithResolvers<void>;
}

export class RedisLookup implements LookupFunction {
  readonly #settings: RedisLookupSettings;
  readonly #bound: BoundLookup;
  readonly #cache: LookupCache | null;
  readonly #metrics: CacheMetrics | null;
  readonly #context: RuntimeContext;
  readonly #asked = new Map<string, Question>();
  readonly #free: CommandBatch[] = [];
  #port: RedisPort | null = null;
  #closed = false;

  constructor(settings: RedisLookupSettings, context: RuntimeContext) {
    this.#settings = settings;
    this.#bound = settings.bound;
    this.#cache = settings.cache;
    this.#metrics = settings.cache === null ? null : new CacheMetrics(context.metrics, settings.cache);
    this.#context = context;
  }

  async open(): Promise<void> {
    this.#port = await this.#settings.openPort();
    try {
      await this.#port.connect();
    } catch (reason) {
      throw connectionError(this.#settings.table, 'connecting to', reason);
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
      const rows = cache.get(keys[i]![0] as string);
      if (rows !== undefined) hits++;
      found.push(rows);
    }
    this.#metrics!.hits.value += hits;
    this.#metrics!.misses.value += keys.length - hits;
    return found;
  }

  async #ask(keys: readonly Row[], found: readonly (Rows | undefined)[]): Promise<readonly Rows[]> {
    const mine: Question[] = [];
    const asked = keys.map((key, i) =>
      found[i] === undefined ? this.#questionOf(key[0] as string, mine) : null,
    );
    const others = [...new Set(asked)].filter((q) => q !== null && !mine.includes(q)) as Question[];
    await Promise.all([this.#putQuestions(mine), ...others.map((q) => q.answered.promise)]);
    return keys.map((key, i) => found[i] ?? asked[i]!.rows.get(key[0] as string)!);
  }

  /** The question that a key is in: one that is under way, or the last of `mine`. */
  #questionOf(key: string, mine: Question[]): Question {
    const underWay = this.#asked.get(key);
    if (underWay !== undefined) return underWay;
    let question = mine.at(-1);
    if (question === undefined || question.keys.length >= MAX_KEYS) {
      question = { keys: [], rows: new Map(), answered: Promise.withResolvers<void>() };
      mine.push(question);
    }
    question.keys.push(key);
    this.#asked.set(key, question);
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
    try {
      this.#bound.encode(question.keys, batch);
      const rows = this.#bound.decode(question.keys, await this.#replies(batch));
      for (const [i, key] of question.keys.entries()) {
        const row = rows[i]!;
        this.#answer(question, key, row === null ? NO_ROWS : [row]);
      }
      batch.reset();
      this.#free.push(batch);
      question.answered.resolve();
    } catch (error) {
      if (this.#metrics !== null) this.#metrics.loadFailures.value += question.keys.length;
      this.#giveUp(question, error);
      throw error;
    } finally {
      if (this.#metrics !== null) this.#metrics.latestLoadTime = this.#context.clock.monotonic() - start;
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

  #answer(question: Question, key: string, rows: Rows): void {
    question.rows.set(key, rows);
    this.#asked.delete(key);
    this.#cache?.put(key, rows);
    if (this.#metrics !== null) this.#metrics.loads.value++;
  }

  #giveUp(question: Question, error: unknown): void {
    for (const key of question.keys) {
      if (this.#asked.get(key) === question) this.#asked.delete(key);
    }
    question.answered.reject(error);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cache?.clear();
    await this.#port?.close();
  }

  #closedError(): ConnectorError {
    return new ConnectorError(`Table '${this.#settings.table}': the lookup is closed.`);
  }
}

/** Whoever waits for a question gets its error; where nobody else does, the asker's own promise carries it. */
function ignoreHere(): void {}
