// The options of one table, read and checked: what the sink, the lookup and the connection go by.
import type { TimeRange } from '../../connector/caches/time-ranges.ts';
import type { FormatFactory } from '../../connector/format.ts';
import { findFormat, type TableFormat, withFormats } from '../../formats/format-options.ts';
import { type OptionDeclarations, type OptionValues, readOptions } from '../../options/read-options.ts';
import { ValidationError } from '../../types/errors.ts';
import { RowKind } from '../../types/row.ts';
import {
  type ConnectionSettings,
  connectionSettings,
  connectionWarnings,
  HOST_SUBSTITUTES,
} from './deployment.ts';
import { modeByName } from './modes/index.ts';
import type { LookupModeSettings, RedisMode, SinkModeSettings, TableModeSettings } from './modes/mode.ts';
import * as o from './options.ts';

export interface SinkSettings extends SinkModeSettings {
  readonly mode: RedisMode;
  /** Changes in the buffer at which it is sent; 0: nothing waits. */
  readonly maxRows: number;
  /** Since the first buffered change; 0: no timer. */
  readonly intervalMs: number;
  readonly parallelConnections: number;
  /** Replicas that a flush waits for; 0: none. */
  readonly durabilityReplicas: number;
  readonly durabilityTimeoutMs: number;
}

export interface LookupSettings extends LookupModeSettings {
  readonly mode: RedisMode;
  readonly cache: 'None' | 'LRU' | 'ALL';
  /** Keys. */
  readonly cacheSize: number;
  /** Undefined: no limit. */
  readonly cacheTtlMs: number | undefined;
  readonly cacheEmpty: boolean;
  /** When a full cache is not loaded again. */
  readonly noReload: readonly TimeRange[];
  /** Whether Redis reports changed keys. */
  readonly tracking: boolean;
  readonly async: boolean;
}

export interface Settings<T> {
  readonly connection: ConnectionSettings;
  readonly own: T;
  /** Options that have no effect here. */
  readonly warnings: readonly string[];
}

type Formats = ReadonlyMap<string, FormatFactory>;

/** @throws ValidationError in Flink's words */
export function readSinkSettings(
  given: ReadonlyMap<string, string>,
  formats: Formats = new Map(),
): Settings<SinkSettings> {
  const format = findFormat({ options: given, formats }, 'sink', [o.VALUE_FORMAT.key]);
  const values = read(given, [o.MODE], format);
  const valueFormat = format?.encoding(values) ?? null;
  if (format !== null) checkInsertOnly(format, valueFormat);
  checkDurability(values);
  const own: SinkSettings = {
    ...tableSettings(values),
    mode: modeByName(values.get(o.MODE)),
    flattenHash: values.get(o.FLATTEN_HASH),
    ignoreDelete: values.get(o.IGNORE_DELETE),
    expirationMs: values.get(o.EXPIRATION),
    expirationPolicy: values.get(o.EXPIRATION_POLICY),
    nullValue: values.get(o.NULL_VALUE),
    deleteScope: values.get(o.DELETE_SCOPE),
    listDirection: values.get(o.LIST_DIRECTION),
    listMaxLength: values.find(o.LIST_MAX_LENGTH),
    valueFormat,
    maxRows: values.get(o.BUFFER_MAX_ROWS),
    intervalMs: values.get(o.BUFFER_INTERVAL),
    parallelConnections: values.get(o.PARALLEL_CONNECTIONS),
    durabilityReplicas: values.get(o.DURABILITY_REPLICAS),
    durabilityTimeoutMs: values.get(o.DURABILITY_TIMEOUT),
  };
  return {
    connection: connectionSettings(values, 'sink'),
    own,
    warnings: [...generalWarnings(values), ...sinkWarnings(values)],
  };
}

/**
 * @param timeZone IANA name, for formats that need it
 * @throws ValidationError in Flink's words
 */
export function readLookupSettings(
  given: ReadonlyMap<string, string>,
  formats: Formats = new Map(),
  timeZone = 'UTC',
): Settings<LookupSettings> {
  const format = findFormat({ options: given, formats }, 'scan', [o.VALUE_FORMAT.key]);
  const values = read(given, [], format);
  const decoding = format?.decoding(values) ?? null;
  if (format !== null) checkInsertOnly(format, decoding);
  const cache = values.get(o.CACHE);
  const cacheSize = values.get(o.CACHE_SIZE);
  if (cache === 'LRU' && cacheSize < 1) {
    throw new ValidationError(
      `The value of '${o.CACHE_SIZE.key}' option must be at least 1 with 'cache' = 'LRU', but is ${cacheSize}.`,
      { hint: "To cache nothing, set 'cache' = 'None'." },
    );
  }
  checkTracking(values);
  const own: LookupSettings = {
    ...tableSettings(values),
    mode: modeByName(values.find(o.MODE) ?? 'STRING'),
    hashName: values.find(o.HASH_NAME),
    valueFormat: decoding === null ? null : { name: format!.identifier, format: decoding, timeZone },
    cache,
    cacheSize,
    cacheTtlMs: values.find(o.CACHE_TTL_MS) || undefined,
    cacheEmpty: values.get(o.CACHE_EMPTY),
    noReload: values.find(o.CACHE_RELOAD_TIME_BLACK_LIST) ?? [],
    tracking: values.get(o.CACHE_INVALIDATION) === 'tracking' && cache !== 'None',
    async: values.get(o.ASYNC) && cache !== 'ALL',
  };
  return {
    connection: connectionSettings(values, 'lookup'),
    own,
    warnings: [...generalWarnings(values), ...lookupWarnings(values)],
  };
}

function tableSettings(values: OptionValues): TableModeSettings {
  return {
    keyPrefix: keyPrefix(values),
    keyTemplate: values.find(o.KEY_TEMPLATE),
    formatsValue: values.has(o.VALUE_FORMAT),
    expirationColumn: values.find(o.EXPIRATION_COLUMN),
  };
}

function checkInsertOnly(
  format: TableFormat,
  made: { readonly changelogMode: { containsOnly(kind: RowKind): boolean } } | null,
): void {
  if (made === null || made.changelogMode.containsOnly(RowKind.INSERT)) return;
  throw new ValidationError(
    `Invalid value for option '${o.VALUE_FORMAT.key}': '${format.identifier}' writes changes, but a Redis value is a row. Use 'json', 'csv' or 'raw'.`,
  );
}

function checkTracking(values: OptionValues): void {
  if (values.get(o.CACHE_INVALIDATION) !== 'tracking' || values.get(o.LOOKUP_READ_FROM) !== 'replica') return;
  throw new ValidationError(
    `Options '${o.CACHE_INVALIDATION.key}' = 'tracking' and '${o.LOOKUP_READ_FROM.key}' = 'replica' do not go together: masters report a change before their replicas have it, and the old value would be read from a replica and kept.`,
  );
}

function checkDurability(values: OptionValues): void {
  if (values.get(o.DURABILITY_REPLICAS) === 0) return;
  const wait = values.get(o.DURABILITY_TIMEOUT);
  const socket = values.get(o.SOCKET_TIMEOUT);
  if (wait < socket) return;
  throw new ValidationError(
    `The value of '${o.DURABILITY_TIMEOUT.key}' option must be less than '${o.SOCKET_TIMEOUT.key}' (${socket} ms), but is ${wait} ms: the server says nothing while it waits for its replicas.`,
  );
}

/** What FactoryUtil is told; `host` is required only where nothing stands in for it. */
function read(
  given: ReadonlyMap<string, string>,
  alsoRequired: OptionDeclarations['required'],
  format: TableFormat | null,
): OptionValues {
  const keys = new Set([...given.keys()].map((k) => k.toLowerCase()));
  const required = [
    o.CONNECTOR,
    ...(HOST_SUBSTITUTES.some(({ key }) => keys.has(key.toLowerCase())) ? [] : [o.HOST]),
    ...alsoRequired,
  ];
  const optional = o.REDIS_OPTIONS.filter((option) => !required.includes(option));
  const values = readOptions('redis', given, withFormats({ required, optional }, [format]));
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
  if (values.has(o.EXPIRATION_POLICY) && values.get(o.EXPIRATION) === 0 && !values.has(o.EXPIRATION_COLUMN)) {
    warnings.push(noEffect(o.EXPIRATION_POLICY, "without 'expiration'"));
  }
  if (values.get(o.MODE) !== 'LIST') {
    for (const option of [o.LIST_DIRECTION, o.LIST_MAX_LENGTH] as const) {
      if (values.has(option)) warnings.push(noEffect(option, `with 'mode' = '${values.get(o.MODE)}'`));
    }
  }
  if (values.has(o.DURABILITY_TIMEOUT) && values.get(o.DURABILITY_REPLICAS) === 0) {
    warnings.push(noEffect(o.DURABILITY_TIMEOUT, "without 'sink.durability.replicas'"));
  }
  return warnings;
}

function lookupWarnings(values: OptionValues): string[] {
  const cache = values.get(o.CACHE);
  const warnings: string[] = [];
  if (cache === 'None') {
    for (const option of [o.CACHE_SIZE, o.CACHE_TTL_MS, o.CACHE_EMPTY, o.CACHE_INVALIDATION] as const) {
      if (values.has(option)) warnings.push(noEffect(option, "with 'cache' = 'None'"));
    }
  }
  if (cache !== 'ALL' && values.has(o.CACHE_RELOAD_TIME_BLACK_LIST)) {
    warnings.push(noEffect(o.CACHE_RELOAD_TIME_BLACK_LIST, `with 'cache' = '${cache}'`));
  }
  if (cache === 'ALL' && values.get(o.ASYNC)) {
    warnings.push(noEffect(o.ASYNC, "with 'cache' = 'ALL': every row is answered from memory"));
  }
  return warnings;
}

function noEffect(option: { readonly key: string }, where: string): string {
  return `Option '${option.key}' has no effect ${where}.`;
}
