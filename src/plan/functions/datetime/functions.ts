// Functions on dates and times: now, fields, texts, unix times.

import type Big from 'big.js';
import { TableError } from '../../../types/errors.ts';
import type { LogicalType } from '../../../types/logical-type.ts';
import { MILLIS_PER_DAY, parseDate } from '../../../types/text/dates.ts';
import { parseTimestamp, timestampOf, truncateTimestamp } from '../../../types/text/timestamps.ts';
import { TimestampData } from '../../../types/values.ts';
import type { Compiled, EvalContext, FunctionCall, ScalarFunction } from '../../rex.ts';
import { doubleToLong } from '../cast/converter.ts';
import { toLocal } from '../cast/to-string.ts';
import { toLong } from '../decimals.ts';
import { constant, define, type Form, strict } from '../define.ts';
import { BIGINT_T, DATE_T, STRING_T, timestamp, timestampLtz } from '../types.ts';
import { extractor } from './extract.ts';
import { type Pattern, patternOf } from './pattern.ts';
import { localMillis } from './pattern-parser.ts';
import { TIMESTAMP_ARITHMETIC } from './timestamp-diff.ts';
import { lenientZoneOf, UTC, type Zone, zoneOf } from './zone.ts';

type Body = (...v: unknown[]) => unknown;

const DEFAULT_PATTERN = 'yyyy-MM-dd HH:mm:ss';
const MIN_LONG = -(2n ** 63n);
/** 0000-01-01 and 9999-12-31 23:59:59.999, in milliseconds. */
const MIN_MILLIS = -62_167_219_200_000;
const MAX_MILLIS = 253_402_300_799_999;

/** Milliseconds since the epoch that the text means in the zone, or null. As SimpleDateFormat reads it. */
function parseLenient(text: string, pattern: string, zone: Zone): number | null {
  const fields = patternOf(pattern, 'lenient').parse(text);
  if (fields === null) return null;
  const local = localMillis(fields);
  return fields.offset === null ? zone.toInstant(local) : local - fields.offset;
}

function formatLenient(epochMs: number, pattern: string, zone: Zone): string {
  return patternOf(pattern, 'lenient').format(epochMs + zone.offsetAt(epochMs), 0, zone, epochMs);
}

// ---------------------------------------------------------------------------------------------------------------- now

function now(
  name: string,
  doc: string,
  result: LogicalType,
  value: (context: EvalContext, zone: Zone) => unknown,
): ScalarFunction {
  return define({
    name,
    doc,
    deterministic: false,
    forms: [[]],
    result,
    nulls: 'never',
    compile: (_args, _call, context) => {
      const zone = zoneOf(context.timeZone);
      return () => value(context, zone);
    },
  });
}

function localNow(context: EvalContext, zone: Zone): number {
  const millis = context.now();
  return millis + zone.offsetAt(millis);
}

const instant = (context: EvalContext) => new TimestampData(context.now());
const TIME_0: LogicalType = { root: 'TIME', precision: 0, nullable: false };
const timeOfDay = (context: EvalContext, zone: Zone) => {
  const local = localNow(context, zone);
  const millis = local - Math.floor(local / MILLIS_PER_DAY) * MILLIS_PER_DAY;
  return millis - (millis % 1000);
};

export const PROCTIME = now(
  'PROCTIME',
  'PROCTIME(): the processing time, a time attribute for lookup joins.',
  { root: 'TIMESTAMP_LTZ', precision: 3, kind: 'PROCTIME', nullable: false },
  instant,
);

const NOW: readonly ScalarFunction[] = [
  PROCTIME,
  now('CURRENT_TIMESTAMP', 'CURRENT_TIMESTAMP: now, TIMESTAMP_LTZ(3).', timestampLtz(3), instant),
  now('NOW', 'NOW(): now, TIMESTAMP_LTZ(3).', timestampLtz(3), instant),
  now('CURRENT_ROW_TIMESTAMP', 'CURRENT_ROW_TIMESTAMP(): now, for each row.', timestampLtz(3), instant),
  now(
    'LOCALTIMESTAMP',
    'LOCALTIMESTAMP: now in the job time zone, TIMESTAMP(3).',
    timestamp(3),
    (c, z) => new TimestampData(localNow(c, z)),
  ),
  now('CURRENT_DATE', 'CURRENT_DATE: today in the job time zone.', DATE_T, (c, z) =>
    Math.floor(localNow(c, z) / MILLIS_PER_DAY),
  ),
  now('CURRENT_TIME', 'CURRENT_TIME: the time of day in the job time zone.', TIME_0, timeOfDay),
  now('LOCALTIME', 'LOCALTIME: the time of day in the job time zone.', TIME_0, timeOfDay),
];

// ------------------------------------------------------------------------------------------------------------- fields

export const EXTRACT = define({
  name: 'EXTRACT',
  doc: 'EXTRACT(unit FROM time): one of its fields.',
  forms: [
    ['SYMBOL', 'DATETIME'],
    ['SYMBOL', 'DATETIME_INTERVAL'],
  ],
  result: BIGINT_T,
  compile: (args, call, context) => {
    const unit = constant(call.operands[0]) as string;
    const extract = extractor(unit, call.operands[1]!.type, zoneOf(context.timeZone));
    return strict(extract as Body, [args[1]!]);
  },
  print: (args) => `EXTRACT(FLAG(${args[0]}), ${args[1]})`,
});

const FIELDS = [
  ['YEAR', 'YEAR'],
  ['QUARTER', 'QUARTER'],
  ['MONTH', 'MONTH'],
  ['WEEK', 'WEEK'],
  ['DAYOFYEAR', 'DOY'],
  ['DAYOFMONTH', 'DAY'],
  ['DAYOFWEEK', 'DOW'],
  ['HOUR', 'HOUR'],
  ['MINUTE', 'MINUTE'],
  ['SECOND', 'SECOND'],
] as const;

function fieldFunction([name, unit]: (typeof FIELDS)[number]): ScalarFunction {
  return define({
    name,
    doc: `${name}(time): EXTRACT(${unit} FROM time).`,
    forms: [['DATETIME']],
    result: BIGINT_T,
    compile: (args, call, context) =>
      strict(extractor(unit, call.operands[0]!.type, zoneOf(context.timeZone)) as Body, args),
    print: (args) => `EXTRACT(FLAG(${unit}), ${args[0]})`,
  });
}

// -------------------------------------------------------------------------------------------------------------- texts

/** The pattern of an argument: made once when it is a constant. */
function patternArgument(call: FunctionCall, index: number): (text: string) => Pattern {
  const text = constant(call.operands[index]);
  if (typeof text !== 'string') return (t) => patternOf(t, 'strict');
  const pattern = patternOf(text, 'strict');
  return () => pattern;
}

function compileDateFormat(args: readonly Compiled[], call: FunctionCall, context: EvalContext): Compiled {
  const zone = zoneOf(context.timeZone);
  switch (call.operands[0]!.type.root) {
    case 'TIMESTAMP': {
      const pattern = patternArgument(call, 1);
      return strict((v, format) => {
        const ts = v as TimestampData;
        return pattern(format as string).format(ts.millisecond, ts.nanoOfMillisecond);
      }, args);
    }
    case 'TIMESTAMP_LTZ': {
      const pattern = patternArgument(call, 1);
      return strict((v, format) => {
        const local = toLocal(v as TimestampData, zone);
        return pattern(format as string).format(local.millisecond, local.nanoOfMillisecond);
      }, args);
    }
    case 'DATE':
      return strict(
        (v, format) => formatLenient((v as number) * MILLIS_PER_DAY, format as string, UTC),
        args,
      );
    default:
      return strict((v, format) => {
        const epochMs = parseLenient(v as string, DEFAULT_PATTERN, UTC);
        return epochMs === null ? null : formatLenient(epochMs, format as string, UTC);
      }, args);
  }
}

/** java.sql's Timestamp.valueOf and Date.valueOf, which Flink falls back to. */
const JDBC = /^(\d{4})-(\d{1,2})-(\d{1,2})(?: +(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?)?$/;

function parseStrict(text: string, pattern: Pattern): TimestampData | null {
  const f = pattern.parse(text);
  if (f !== null) {
    const ts = timestampOf(f.year, f.month, f.day, f.hour, f.minute, f.second, f.nano);
    return ts === null ? null : truncateTimestamp(ts, 3);
  }
  const match = JDBC.exec(text.trim());
  if (match === null) return null;
  const [, y, mo, d, h = '0', mi = '0', s = '0', fraction = ''] = match;
  return timestampOf(
    Number(y),
    Number(mo),
    Number(d),
    Number(h),
    Number(mi),
    Number(s),
    Number(fraction.padEnd(9, '0')),
  );
}

function compileToTimestamp(args: readonly Compiled[], call: FunctionCall): Compiled {
  if (args.length === 1) return strict((text) => parseTimestamp(text as string, 3), args);
  const pattern = patternArgument(call, 1);
  return strict((text, format) => parseStrict(text as string, pattern(format as string)), args);
}

function toDate(text: string, pattern?: string): number | null {
  if (pattern === undefined) return parseDate(text);
  const epochMs = parseLenient(text, pattern, UTC);
  return epochMs === null ? null : Math.floor(epochMs / MILLIS_PER_DAY);
}

// --------------------------------------------------------------------------------------------------------- unix times

function compileToTimestampLtz(args: readonly Compiled[]): Compiled {
  return strict((value, precision) => {
    const digits = Number(precision);
    if (digits !== 0 && digits !== 3) {
      throw new TableError(
        `The precision value '${digits}' for function TO_TIMESTAMP_LTZ(numeric, precision) is unsupported, the supported value is '0' for second or '3' for millisecond.`,
      );
    }
    return epochTimestamp(value as number | bigint | Big, digits === 0 ? 1000 : 1);
  }, args);
}

function epochTimestamp(value: number | bigint | Big, factor: number): TimestampData | null {
  let millis: number;
  if (typeof value === 'number') millis = Number(doubleToLong(value * factor));
  else millis = Number(typeof value === 'bigint' ? value : toLong(value)) * factor;
  return millis < MIN_MILLIS || millis > MAX_MILLIS ? null : new TimestampData(millis);
}

function compileUnixTimestamp(
  args: readonly Compiled[],
  _call: FunctionCall,
  context: EvalContext,
): Compiled {
  if (args.length === 0) return () => BigInt(Math.floor(context.now() / 1000));
  const zone = zoneOf(context.timeZone);
  return strict((text, pattern = DEFAULT_PATTERN) => {
    const epochMs = parseLenient(text as string, pattern as string, zone);
    return epochMs === null ? MIN_LONG : BigInt(Math.trunc(epochMs / 1000));
  }, args);
}

function compileFromUnixtime(args: readonly Compiled[], _call: FunctionCall, context: EvalContext): Compiled {
  const zone = zoneOf(context.timeZone);
  return strict(
    (seconds, pattern = DEFAULT_PATTERN) => formatLenient(Number(seconds) * 1000, pattern as string, zone),
    args,
  );
}

function convertTz(text: string, from: string, to: string): string | null {
  const epochMs = parseLenient(text, DEFAULT_PATTERN, lenientZoneOf(from));
  return epochMs === null ? null : formatLenient(epochMs, DEFAULT_PATTERN, lenientZoneOf(to));
}

const TEXTS: readonly Form[] = [['STRING'], ['STRING', 'STRING']];

export const DATETIME_FUNCTIONS: readonly ScalarFunction[] = [
  ...NOW,
  EXTRACT,
  ...FIELDS.map(fieldFunction),
  ...TIMESTAMP_ARITHMETIC,
  define({
    name: 'DATE_FORMAT',
    doc: "DATE_FORMAT(time, pattern): as text in Java's pattern letters, as 'yyyy-MM-dd HH:mm:ss'.",
    forms: [
      ['TIMESTAMP', 'STRING'],
      ['STRING', 'STRING'],
      ['DATE', 'STRING'],
    ],
    result: STRING_T,
    nulls: 'always',
    compile: compileDateFormat,
  }),
  define({
    name: 'TO_TIMESTAMP',
    doc: "TO_TIMESTAMP(text [, pattern]): as TIMESTAMP(3), by default from 'yyyy-MM-dd HH:mm:ss'; NULL when it is none.",
    forms: [['CHARACTER'], ['CHARACTER', 'CHARACTER']],
    result: timestamp(3),
    nulls: 'always',
    compile: compileToTimestamp,
  }),
  define({
    name: 'TO_DATE',
    doc: "TO_DATE(text [, pattern]): as DATE, by default from 'yyyy-MM-dd'; NULL when it is none.",
    forms: TEXTS,
    result: DATE_T,
    nulls: 'always',
    fn: toDate,
  }),
  define({
    name: 'TO_TIMESTAMP_LTZ',
    doc: 'TO_TIMESTAMP_LTZ(n, 0 | 3): the instant n seconds or milliseconds after 1970-01-01 00:00:00 UTC.',
    forms: [['NUMERIC', 'INTEGER']],
    result: timestampLtz(3),
    nulls: 'always',
    compile: compileToTimestampLtz,
  }),
  define({
    name: 'UNIX_TIMESTAMP',
    doc: 'UNIX_TIMESTAMP([text [, pattern]]): seconds since 1970-01-01 00:00:00 UTC, of now or of a text in the job time zone.',
    deterministic: false,
    forms: [[], ...TEXTS],
    result: BIGINT_T,
    compile: compileUnixTimestamp,
  }),
  define({
    name: 'FROM_UNIXTIME',
    doc: "FROM_UNIXTIME(seconds [, pattern]): as text in the job time zone, by default 'yyyy-MM-dd HH:mm:ss'.",
    forms: [['INTEGER'], ['INTEGER', 'STRING']],
    result: STRING_T,
    nulls: 'always',
    as: [BIGINT_T, null],
    compile: compileFromUnixtime,
  }),
  define({
    name: 'CONVERT_TZ',
    doc: "CONVERT_TZ(text, from, to): a time 'yyyy-MM-dd HH:mm:ss' of one zone as the clock of another shows it.",
    forms: [['STRING', 'STRING', 'STRING']],
    result: STRING_T,
    nulls: 'always',
    fn: convertTz,
  }),
  define({
    name: 'CURRENT_WATERMARK',
    doc: 'CURRENT_WATERMARK(rowtime): the current watermark; NULL without one.',
    deterministic: false,
    forms: [['TIMESTAMP']],
    result: ([type]) =>
      (type as LogicalType & { precision: number }).root === 'TIMESTAMP' ? timestamp(3) : timestampLtz(3),
    nulls: 'always',
    compile: () => () => null,
  }),
];
