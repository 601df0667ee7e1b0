// The options of one table, read and checked: what the sink, the lookup and the connection go by.
import { type OptionDeclarations, type OptionValues, readOptions } from '../../options/read-options.ts';
import { ValidationError } from '../../types/errors.ts';
import {
  type ConnectionSettings,
  connectionSettings,
  connectionWarnings,
  HOST_SUBSTITUTES,
} from './deployment.ts';
import { modeByName } from './modes/index.ts';
import type { LookupModeSettings, RedisMode, SinkModeSettings } from './modes/mode.ts';
import * as o from './options.ts';
import { refuseUnfinished } from './refusals.ts';

export interface SinkSettings extends SinkModeSettings {
  readonly mode: RedisMode;
  /** Changes in the buffer at which it is sent; 0: nothing waits. */
  readonly maxRows: number;
  /** Since the first buffered change; 0: no timer. */
  readonly intervalMs: number;
}

export interface LookupSettings extends LookupModeSettings {
  readonly mode: RedisMode;
  readonly cache: 'None' | 'LRU' | 'ALL';
  /** Keys. */
  readonly cacheSize: number;
  /** Undefined: no limit. */
  readonly cacheTtlMs: number | undefined;
  readonly cacheEmpty: boolean;
  readonly async: boolean;
}

export interface Settings<T> {
  readonly connection: ConnectionSettings;
  readonly own: T;
  /** Options that have no effect here. */
  readonly warnings: readonly string[];
}

/** @throws ValidationError in Flink's words */
export function readSinkSettings(given: ReadonlyMap<string, string>): Settings<SinkSettings> {
  const values = read(given, [o.MODE]);
  const own: SinkSettings = {
    mode: modeByName(values.get(o.MODE)),
    keyPrefix: keyPrefix(values),
    flattenHash: values.get(o.FLATTEN_HASH),
    ignoreDelete: values.get(o.IGNORE_DELETE),
    expirationMs: values.get(o.EXPIRATION),
    expirationPolicy: values.get(o.EXPIRATION_POLICY),
    nullValue: values.get(o.NULL_VALUE),
    deleteScope: values.get(o.DELETE_SCOPE),
    maxRows: values.get(o.BUFFER_MAX_ROWS),
    intervalMs: values.get(o.BUFFER_INTERVAL),
  };
  return {
    connection: connectionSettings(values, 'sink'),
    own,
    warnings: [...generalWarnings(values), ...sinkWarnings(values)],
  };
}

/** @throws ValidationError in Flink's words */
export function readLookupSettings(given: ReadonlyMap<string, string>): Settings<LookupSettings> {
  const values = read(given, []);
  const cache = values.get(o.CACHE);
  const cacheSize = values.get(o.CACHE_SIZE);
  if (cache === 'LRU' && cacheSize < 1) {
    throw new ValidationError(
      `The value of '${o.CACHE_SIZE.key}' option must be at least 1 with 'cache' = 'LRU', but is ${cacheSize}.`,
      { hint: "To cache nothing, set 'cache' = 'None'." },
    );
  }
  const own: LookupSettings = {
    mode: modeByName(values.find(o.MODE) ?? 'STRING'),
    keyPrefix: keyPrefix(values),
    hashName: values.find(o.HASH_NAME),
    cache,
    cacheSize,
    cacheTtlMs: values.find(o.CACHE_TTL_MS) || undefined,
    cacheEmpty: values.get(o.CACHE_EMPTY),
    async: values.get(o.ASYNC),
  };
  return {
    connection: connectionSettings(values, 'lookup'),
    own,
    warnings: [...generalWarnings(values), ...lookupWarnings(values)],
  };
}

/** What FactoryUtil is told; `host` is required only where nothing stands in for it. */
function read(
  given: ReadonlyMap<string, string>,
  alsoRequired: OptionDeclarations['required'],
): OptionValues {
  const keys = new Set([...given.keys()].map((k) => k.toLowerCase()));
  const required = [
    o.CONNECTOR,
    ...(HOST_SUBSTITUTES.some(({ key }) => keys.has(key.toLowerCase())) ? [] : [o.HOST]),
    ...alsoRequired,
  ];
  const optional = o.REDIS_OPTIONS.filter((option) => !required.includes(option));
  const values = readOptions('redis', given, { required, optional });
  refuseUnfinished(values);
  return values;
}

function keyPrefix(values: OptionValues): string {
  const prefix = values.find(o.KEY_PREFIX);
  return prefix === undefined ? '' : prefix + (values.find(o.KEY_PREFIX_DELIMITER) ?? '');
}

function generalWarnings(values: OptionValues): string[] {
  const warnings: string[] = [];
  if (values.has(o.KEY_PREFIX_DELIMITER) && !values.has(o.KEY_PREFIX)) {
    warnings.push(noEffect(o.KEY_PREFIX_DELIMITER, "without 'key-prefix'"));
  }
  warnings.push(...connectionWarnings(values));
  if (values.get(o.POOL_MIN_IDLE) > values.get(o.POOL_MAX_IDLE)) {
    warnings.push(
      `'${o.POOL_MIN_IDLE.key}' is larger than '${o.POOL_MAX_IDLE.key}': no more than ${values.get(o.POOL_MAX_IDLE)} unused connections are kept.`,
    );
  }
  return warnings;
}

function sinkWarnings(values: OptionValues): string[] {
  const warnings: string[] = [];
  if (values.get(o.FLATTEN_HASH) && values.get(o.MODE) !== 'HASHMAP') {
    warnings.push(noEffect(o.FLATTEN_HASH, `with 'mode' = '${values.get(o.MODE)}'`));
  }
  if (values.has(o.EXPIRATION_POLICY) && values.get(o.EXPIRATION) === 0) {
    warnings.push(noEffect(o.EXPIRATION_POLICY, "without 'expiration'"));
  }
  return warnings;
}

function lookupWarnings(values: OptionValues): string[] {
  const cache = values.get(o.CACHE);
  const warnings: string[] = [];
  if (cache === 'None') {
    for (const option of [o.CACHE_SIZE, o.CACHE_TTL_MS, o.CACHE_EMPTY] as const) {
      if (values.has(option)) warnings.push(noEffect(option, "with 'cache' = 'None'"));
    }
  }
  if (cache !== 'ALL' && values.has(o.CACHE_RELOAD_TIME_BLACK_LIST)) {
    warnings.push(noEffect(o.CACHE_RELOAD_TIME_BLACK_LIST, `with 'cache' = '${cache}'`));
  }
  return warnings;
}

function noEffect(option: { readonly key: string }, where: string): string {
  return `Option '${option.key}' has no effect ${where}.`;
}
