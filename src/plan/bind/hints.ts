// LOOKUP and OPTIONS hints.
import { type ConfigOption, option } from '../../options/config-option.ts';
import { parseOption } from '../../options/read-options.ts';
import type { Hint } from '../../sql/ast.ts';
import { ValidationError } from '../../types/errors.ts';
import { optionMap } from '../catalog/create-table.ts';
import type { LookupHint } from '../logical.ts';
import { didYouMean, placed } from './errors.ts';

const TABLE = option('table').string();
const ASYNC = option('async').boolean();
const OUTPUT_MODE = option('output-mode').enum(['ORDERED', 'ALLOW_UNORDERED']);
const CAPACITY = option('capacity').int().atLeast(1);
const TIMEOUT = option('timeout').duration();
const RETRY_PREDICATE = option('retry-predicate').enum(['LOOKUP_MISS']);
const RETRY_STRATEGY = option('retry-strategy').enum(['FIXED_DELAY']);
const FIXED_DELAY = option('fixed-delay').duration();
const MAX_ATTEMPTS = option('max-attempts').int().atLeast(1);
/** Drey runs in one process: there is nothing to shuffle. */
const SHUFFLE = option('shuffle').boolean();

const ALL: readonly ConfigOption<unknown>[] = [
  TABLE,
  ASYNC,
  OUTPUT_MODE,
  CAPACITY,
  TIMEOUT,
  RETRY_PREDICATE,
  RETRY_STRATEGY,
  FIXED_DELAY,
  MAX_ATTEMPTS,
  SHUFFLE,
];
const RETRY = [RETRY_PREDICATE, RETRY_STRATEGY, FIXED_DELAY, MAX_ATTEMPTS];

/** The LOOKUP hints of one SELECT; every hint must find its table. */
export class LookupHints {
  static readonly none = new LookupHints([]);
  readonly #hints = new Map<string, { hint: LookupHint; node: Hint; used: boolean }>();

  constructor(hints: readonly Hint[]) {
    for (const node of hints) {
      if (node.name !== 'LOOKUP') continue;
      const { table, hint } = parseLookupHint(node);
      // As in Flink, the first of two hints for one table counts.
      if (!this.#hints.has(table)) this.#hints.set(table, { hint, node, used: false });
    }
  }

  /** @param names what the table can be called by in the hint, its alias first */
  find(names: readonly string[]): LookupHint {
    for (const name of names) {
      const entry = this.#hints.get(name);
      if (entry === undefined) continue;
      entry.used = true;
      return entry.hint;
    }
    return {};
  }

  /** @throws ValidationError when a hint names a table that the query does not look up */
  checkUsed(tables: readonly string[]): void {
    for (const [table, { node, used }] of this.#hints) {
      if (used) continue;
      throw new ValidationError(
        `The options of following hints cannot match the name of input tables or views: \n\`${table}\` in \`LOOKUP\``,
        { span: node.span, ...didYouMean(table, tables) },
      );
    }
  }
}

function parseLookupHint(node: Hint): { table: string; hint: LookupHint } {
  const given = optionMap(node.options);
  for (const { key, keySpan } of node.options) {
    const keys = ALL.map((o) => o.key);
    if (!keys.includes(key)) {
      throw new ValidationError(
        `Unknown option '${key}' in a LOOKUP hint. Supported options:\n\n${[...keys].sort().join('\n')}`,
        { span: keySpan, ...didYouMean(key, keys) },
      );
    }
  }
  const read = <T>(o: ConfigOption<T>): T | undefined => {
    const text = given.get(o.key);
    const span = node.options.find(({ key }) => key === o.key)?.valueSpan ?? node.span;
    return text === undefined ? undefined : placed(span, () => parseOption(o, text));
  };
  const table = read(TABLE);
  if (table === undefined) {
    throw new ValidationError("Invalid LOOKUP hint: the option 'table' is missing.", {
      span: node.span,
      hint: "Name the table or its alias: LOOKUP('table'='d', …).",
    });
  }
  read(SHUFFLE);
  const timeoutMs = read(TIMEOUT);
  const capacity = read(CAPACITY);
  const outputMode = read(OUTPUT_MODE);
  const async = read(ASYNC);
  const retry = readRetry(node, given, read);
  return {
    table,
    hint: {
      ...(async === undefined ? {} : { async }),
      ...(outputMode === undefined ? {} : { outputMode }),
      ...(capacity === undefined ? {} : { capacity }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(retry === undefined ? {} : { retry }),
    },
  };
}

function readRetry(
  node: Hint,
  given: ReadonlyMap<string, string>,
  read: <T>(o: ConfigOption<T>) => T | undefined,
): LookupHint['retry'] {
  const missing = RETRY.filter((o) => !given.has(o.key)).map((o) => o.key);
  if (missing.length === RETRY.length) return undefined;
  if (missing.length > 0) {
    throw new ValidationError(
      `Invalid LOOKUP hint: all of ${RETRY.map((o) => `'${o.key}'`).join(', ')} must be set for retries, but ${missing.map((k) => `'${k}'`).join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`,
      { span: node.span },
    );
  }
  read(RETRY_PREDICATE);
  read(RETRY_STRATEGY);
  return { fixedDelayMs: read(FIXED_DELAY)!, maxAttempts: read(MAX_ATTEMPTS)! };
}

/** The table's options with those of its OPTIONS hints over them. */
export function withOptionHints(
  options: ReadonlyMap<string, string>,
  hints: readonly Hint[],
): ReadonlyMap<string, string> {
  const relevant = hints.filter((h) => h.name === 'OPTIONS');
  if (relevant.length === 0) return options;
  return new Map([...options, ...relevant.flatMap((h) => [...optionMap(h.options)])]);
}
