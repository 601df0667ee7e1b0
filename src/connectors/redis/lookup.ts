// Asks Redis for the rows of keys: whole batches, each key once, and not at all while another batch is asking for it.
import type { LookupCache } from '../../connector/caches/cache.ts';
import { CacheMetrics } from '../../connector/caches/metrics.ts';
import { Latency } from '../../connector/latency.ts';
import { KNOWN_MISS, type LookupAttempt, type LookupFunction } from '../../connector/lookup.ts';
import type { Counter } from '../../connector/metrics.ts';
import type { RuntimeContext } from '../../connector/runtime-context.ts';
import type { Text } from '../../types/encoded-text.ts';
import { ConnectorError } from '../../types/errors.ts';
import type { Row } from '../../types/row.ts';
import { CommandBatch } from './client/command-batch.ts';
import { type RedisPort, RedisReplyError } from './client/port.ts';
import type { BoundLookup } from './modes/mode.ts';
import { Places } from './places.ts';
import { registerPortMetrics } from './port-metrics.ts';
import { connectionError, refusalError } from './refusal-error.ts';
import { KeyTracking } from './tracking.ts';

export interface RedisLookupSettings {
  /** For messages: `default_catalog.default_database.t` */
  readonly table: string;
  readonly bound: BoundLookup;
  readonly cache: LookupCache | null;
  /** Texts in keys and rows are EncodedText, where they can be. Not with a cache. Default: false */
  readonly encoded?: boolean;
  /** Redis reports changed keys: the cache forgets them. */
  readonly tracking: boolean;
  openPort(): Promise<RedisPort>;
}

type Rows = readonly Row[];

/** Keys of one question to the server. */
const MAX_KEYS = 1000;
/** A question behind this place begins at 0 again. */
const LAST_PLACE = 2 ** 30;
/** Questions of one call that are under way at a time. */
const MAX_QUESTIONS = 4;

/** Keys that go out together. A key is known by its place: `first` and its position in the question. */
interface Question {
  readonly first: number;
  /** Of its ids, while they are gathered: the arrays have room for more. */
  count: number;
  readonly ids: Text[];
  /** Where several keys have one id, the first. */
  readonly keys: Row[];
  /** What was found for each id, once `answered` has resolved. */
  rows: Rows[];
  /** Whether the cache remembers ids that have no rows. */
  readonly keepsMisses: boolean;
  readonly answered: PromiseWithResolvers<void>;
}

export class RedisLookup implements LookupFunction {
  readonly encodedKeys: boolean;
  readonly #settings: RedisLookupSettings;
  readonly #bound: BoundLookup;
  readonly #cache: LookupCache | null;
  readonly #metrics: CacheMetrics | null;
  readonly #requests: Counter;
  readonly #requestErrors: Counter;
  readonly #latency: Latency;
  readonly #context: RuntimeContext;
  readonly #underWay: Question[] = [];
  /** Where an id was asked for last. One that was reported as changed is no longer here: its answer may be old. */
  readonly #asked = new Places((place) => {
    const question = this.#questionAt(place);
    return question?.ids[place - question.first];
  });
  #nextPlace = 0;
  readonly #free: CommandBatch[] = [];
  #port: RedisPort | null = null;
  #tracking: KeyTracking | null = null;
  /** False while Redis may not report changes that it should. */
  #caching: boolean;
  #closed = false;

  constructor(settings: RedisLookupSettings, context: RuntimeContext) {
    this.#settings = settings;
    this.#bound = settings.bound;
    this.encodedKeys = settings.encoded === true && settings.bound.passesKeys;
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

  lookup(keys: readonly Row[], attempt?: LookupAttempt): readonly Rows[] | Promise<readonly Rows[]> {
    if (this.#closed) throw this.#closedError();
    const last = attempt?.last !== false;
    if (this.#cache === null || attempt?.again) return keys.length === 0 ? [] : this.#ask(keys, last);
    const found: Rows[] = [];
    const missing = this.#fromCache(keys, this.#cache, found);
    return missing.length === 0 ? found : this.#askFor(missing, keys, found, last);
  }

  /** Fills `found`. @returns the positions of keys that are not in the cache */
  #fromCache(keys: readonly Row[], cache: LookupCache, found: Rows[]): number[] {
    const { idOf, withKey } = this.#bound;
    const missing: number[] = [];
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      const rows = cache.get(idOf(key) as string);
      if (rows === undefined) missing.push(i);
      if (rows === undefined || rows.length === 0) found.push(KNOWN_MISS);
      else found.push(withKey === undefined ? rows : withKey(key, rows));
    }
    this.#metrics!.hits.value += keys.length - missing.length;
    this.#metrics!.misses.value += missing.length;
    return missing;
  }

  async #askFor(
    missing: readonly number[],
    keys: readonly Row[],
    found: Rows[],
    last: boolean,
  ): Promise<readonly Rows[]> {
    const rows = await this.#ask(
      missing.map((i) => keys[i]!),
      last,
    );
    for (let i = 0; i < missing.length; i++) found[missing[i]!] = rows[i]!;
    return found;
  }

  async #ask(keys: readonly Row[], keepsMisses: boolean): Promise<readonly Rows[]> {
    const mine: Question[] = [];
    const places: number[] = new Array(keys.length);
    for (let i = 0; i < keys.length; i++) places[i] = this.#placeOf(keys, i, mine, keepsMisses);
    for (const { ids, keys: asked, count } of mine) ids.length = asked.length = count;
    const only = mine[0];
    if (only !== undefined && only.ids.length === keys.length) {
      // The usual case: all of them are new, and different.
      await this.#putQuestions(mine);
      return only.rows;
    }
    const questions = places.map((place) => this.#questionAt(place)!);
    const others = new Set(questions.filter((q) => !mine.includes(q)));
    await Promise.all([this.#putQuestions(mine), ...[...others].map((q) => q.answered.promise)]);
    const { withKey } = this.#bound;
    return keys.map((key, i) => {
      const rows = questions[i]!.rows[places[i]! - questions[i]!.first]!;
      return withKey === undefined ? rows : withKey(key, rows);
    });
  }

  /** Where key `i` is asked for: in a question that is under way, or now in the last of `mine`. */
  #placeOf(keys: readonly Row[], i: number, mine: Question[], keepsMisses: boolean): number {
    const key = keys[i]!;
    const id = this.#bound.idOf(key);
    const last = mine.at(-1);
    const isFull = last === undefined || last.count >= MAX_KEYS;
    if (isFull && this.#nextPlace > LAST_PLACE) this.#nextPlace = 0;
    const place = this.#asked.getOrSet(id, this.#nextPlace);
    if (place !== this.#nextPlace) return place;
    const question = isFull ? this.#newQuestion(mine, keys.length - i, keepsMisses) : last;
    question.ids[question.count] = id;
    question.keys[question.count] = key;
    question.count++;
    this.#nextPlace++;
    return place;
  }

  /** @param most how many keys may come to it */
  #newQuestion(mine: Question[], most: number, keepsMisses: boolean): Question {
    const room = Math.min(MAX_KEYS, most);
    const question = {
      first: this.#nextPlace,
      count: 0,
      ids: new Array(room),
      keys: new Array(room),
      rows: [],
      keepsMisses,
      answered: Promise.withResolvers<void>(),
    };
    mine.push(question);
    this.#underWay.push(question);
    return question;
  }

  /** Undefined once it has been answered. */
  #questionAt(place: number): Question | undefined {
    for (const question of this.#underWay) {
      const at = place - question.first;
      if (at >= 0 && at < question.count) return question;
    }
    return undefined;
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
      batch.encodedReplies = this.#settings.encoded === true && this.#bound.passesTexts;
      this.#bound.encode(question.ids, batch);
      const replies = await this.#replies(batch);
      const { keys } = question;
      const rows: Rows[] = new Array(keys.length);
      for (let i = 0; i < keys.length; i++) rows[i] = this.#bound.rowsAt(keys[i]!, i, replies);
      question.rows = rows;
      this.#answered(question);
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

  #answered(question: Question): void {
    if (this.#metrics !== null) this.#metrics.loads.value += question.ids.length;
    if (this.#cache !== null && this.#caching) this.#keep(question, this.#cache);
    this.#underWay.splice(this.#underWay.indexOf(question), 1);
  }

  #keep({ ids, rows, first, keepsMisses }: Question, cache: LookupCache): void {
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as string;
      // Changed since it was asked?
      if (this.#tracking !== null && !this.#asked.has(id, first + i)) continue;
      if (keepsMisses || rows[i]!.length > 0) cache.put(id, rows[i]!);
    }
  }

  #giveUp(question: Question, error: unknown): void {
    this.#underWay.splice(this.#underWay.indexOf(question), 1);
    question.answered.reject(error);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#tracking?.close();
    this.#metrics?.keepSize();
    this.#cache?.clear();
    await this.#port?.close();
  }

  #closedError(): ConnectorError {
    return new ConnectorError(`Table '${this.#settings.table}': the lookup is closed.`);
  }
}

/** Whoever waits for a question gets its error; where nobody else does, the asker's own promise carries it. */
function ignoreHere(): void {}
