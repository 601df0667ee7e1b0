// Job options that planning reads (Flink's keys), and the session's options as a whole.
import { type ConfigOption, option } from '../options/config-option.ts';
import { nearest } from '../options/nearest.ts';
import { parseOption } from '../options/read-options.ts';
import { systemTimeZone } from './system-time-zone.ts';

function isTimeZone(id: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: id });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** `GMT+08:00` as Java writes it is `+08:00` for Intl. */
function intlZone(id: string): string {
  return id.replace(/^(?:GMT|UTC)(?=[+-]\d)/, '');
}

export const LOCAL_TIME_ZONE = option('table.local-time-zone')
  .string()
  .default('default')
  .checked((id) => {
    if (id === 'default' || isTimeZone(intlZone(id))) return;
    throw new Error(
      `The supported Zone ID is either a full name such as 'America/Los_Angeles', or a custom timezone id such as 'GMT-08:00', but configured Zone ID is '${id}'.`,
    );
  })
  .describe("Time zone of the session; `default` is the system's.");

export const PIPELINE_NAME = option('pipeline.name')
  .string()
  .describe('Name of the job. Without it: `insert-into_<catalog>.<database>.<table>`.');

export const RUNTIME_MODE = option('execution.runtime-mode')
  .enum(['STREAMING', 'BATCH', 'AUTOMATIC'])
  .default('STREAMING')
  .checked((mode) => {
    if (mode === 'BATCH')
      throw new Error('BATCH is not supported: bounded sources end a STREAMING job, too.');
  })
  .describe('`STREAMING`; `AUTOMATIC` is the same here.');

export const DML_SYNC = option('table.dml-sync')
  .boolean()
  .default(false)
  .describe('Whether INSERT waits until its job has ended.');

export const UPSERT_MATERIALIZE = option('table.exec.sink.upsert-materialize')
  .enum(['NONE', 'AUTO', 'FORCE'])
  .default('AUTO')
  .describe(
    "Whether a sink whose primary key is not the changelog's own key gets a SinkUpsertMaterializer in front of it.",
  );

export const NOT_NULL_ENFORCER = option('table.exec.sink.not-null-enforcer')
  .enum(['ERROR', 'DROP'])
  .default('ERROR')
  .describe('What happens to a row with NULL in a NOT NULL column of the sink.');

export const TYPE_LENGTH_ENFORCER = option('table.exec.sink.type-length-enforcer')
  .enum(['IGNORE', 'TRIM_PAD', 'ERROR'])
  .default('IGNORE')
  .describe('What happens to a value that does not have the length of its CHAR, VARCHAR or BINARY column.');

export const CDC_EVENTS_DUPLICATE = option('table.exec.source.cdc-events-duplicate')
  .boolean()
  .default(false)
  .describe(
    'Whether a change may come twice from a source: then the changelog is put in order by primary key.',
  );

export const ASYNC_OUTPUT_MODE = option('table.exec.async-lookup.output-mode')
  .enum(['ORDERED', 'ALLOW_UNORDERED'])
  .describe(
    'Order of the results of an asynchronous lookup join. Without it: unordered for insert-only input, ordered for a changelog.',
  );

export const ASYNC_CAPACITY = option('table.exec.async-lookup.buffer-capacity')
  .int()
  .default(100)
  .atLeast(1)
  .describe('Rows in flight in an asynchronous lookup join.');

export const ASYNC_TIMEOUT = option('table.exec.async-lookup.timeout')
  .duration()
  .default(180_000)
  .describe('How long one asynchronous lookup may take.');

export const PARALLELISM = option('parallelism.default')
  .int()
  .default(1)
  .atLeast(1)
  .describe(
    'Threads that a job runs in. They share the partitions of its topics; where a row has to be with others of its key, it goes to the thread of that key.',
  );

export const SINK_KEYED_SHUFFLE = option('table.exec.sink.keyed-shuffle')
  .enum(['NONE', 'AUTO', 'FORCE'])
  .default('AUTO')
  .describe(
    "Whether rows go to the writer that their primary key names when there are several: `AUTO` where the sink has another parallelism than its input, `FORCE` always. It keeps the order of a key's rows as far as they come from one partition.",
  );

export const PLANNER_OPTIONS: readonly ConfigOption<unknown>[] = [
  LOCAL_TIME_ZONE,
  PIPELINE_NAME,
  RUNTIME_MODE,
  DML_SYNC,
  UPSERT_MATERIALIZE,
  NOT_NULL_ENFORCER,
  TYPE_LENGTH_ENFORCER,
  CDC_EVENTS_DUPLICATE,
  ASYNC_OUTPUT_MODE,
  ASYNC_CAPACITY,
  ASYNC_TIMEOUT,
  PARALLELISM,
  SINK_KEYED_SHUFFLE,
];

/** Options of a session: SET, RESET and what the session began with. Unknown keys are kept, as Flink does. */
export class SessionConfig {
  readonly #known: ReadonlyMap<string, ConfigOption<unknown>>;
  readonly #initial: ReadonlyMap<string, string>;
  readonly #values: Map<string, string>;

  /** @throws ValidationError for a value that a known option does not take */
  constructor(known: readonly ConfigOption<unknown>[], initial: Iterable<readonly [string, string]> = []) {
    this.#known = new Map(known.flatMap((o) => [o.key, ...o.fallbackKeys].map((k) => [k, o])));
    this.#values = new Map();
    for (const [key, value] of initial) this.set(key, value);
    this.#initial = new Map(this.#values);
  }

  /** @throws ValidationError for a value that the option does not take */
  set(key: string, value: string): void {
    const known = this.#known.get(key);
    if (known !== undefined) parseOption(known, value);
    this.#values.set(key, value);
  }

  /** A copy that can be changed without changing this one. */
  clone(): SessionConfig {
    const copy = new SessionConfig([...new Set(this.#known.values())], this.#initial);
    copy.#values.clear();
    for (const [k, v] of this.#values) copy.#values.set(k, v);
    return copy;
  }

  /** Back to what the session began with. */
  reset(key?: string): void {
    if (key === undefined) {
      this.#values.clear();
      for (const [k, v] of this.#initial) this.#values.set(k, v);
      return;
    }
    const initial = this.#initial.get(key);
    if (initial === undefined) this.#values.delete(key);
    else this.#values.set(key, initial);
  }

  /** The text of an option, or undefined. */
  text(key: string): string | undefined {
    return this.#values.get(key);
  }

  get<T>(declared: ConfigOption<T>): T {
    return this.find(declared) as T;
  }

  /** The option's value, its default, or undefined. */
  find<T>(declared: ConfigOption<T>): T | undefined {
    for (const key of [declared.key, ...declared.fallbackKeys]) {
      const text = this.#values.get(key);
      if (text !== undefined) return parseOption(declared, text);
    }
    return declared.defaultValue;
  }

  entries(): [string, string][] {
    return [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** A known key that `key` may be a misspelling of. */
  suggest(key: string): string | undefined {
    return this.#known.has(key) ? undefined : nearest(key, this.#known.keys());
  }

  /** IANA name of the session's time zone. */
  get timeZone(): string {
    const id = this.get(LOCAL_TIME_ZONE);
    return id === 'default' ? systemTimeZone() : intlZone(id);
  }
}
