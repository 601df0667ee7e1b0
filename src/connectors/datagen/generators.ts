// A value for each row (org.apache.flink.connector.datagen.table.{RandomGeneratorVisitor,SequenceGeneratorVisitor}).
import Big from 'big.js';
import { type ConfigOption, option } from '../../options/config-option.ts';
import type { OptionValues } from '../../options/read-options.ts';
import { ValidationError } from '../../types/errors.ts';
import { type LogicalType, MAX_LENGTH, typeToString } from '../../types/logical-type.ts';
import { MILLIS_PER_DAY } from '../../types/text/dates.ts';
import { TimestampData } from '../../types/values.ts';
import type { PlacedRandom } from './random.ts';

/** Makes the value of row `n` (from 0); `now` in milliseconds. */
export type Generate = (random: PlacedRandom, n: number, now: number) => unknown;

export interface Generator {
  /** What the user may set for this field: full keys. */
  readonly options: readonly ConfigOption<unknown>[];
  /** @throws ValidationError when values contradict each other */
  build(values: OptionValues): { readonly generate: Generate; readonly rows: number | null };
}

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/** The generator of `fields.<name>` with kind `random`. @param prefix `fields.a` */
export function randomGenerator(prefix: string, type: LogicalType): Generator {
  const nullRate = option(`${prefix}.null-rate`)
    .double()
    .default(0)
    .describe('The share of NULLs, 0 to 1.')
    .checked((v) => {
      if (v < 0 || v > 1)
        throw new Error(`The value of '${prefix}.null-rate' must be from 0 to 1, but is ${v}.`);
    });
  const inner = notNull(prefix, type);
  return {
    options: [nullRate, ...inner.options],
    build(values) {
      const rate = values.get(nullRate);
      const { generate } = inner.build(values);
      if (rate === 0) return { generate, rows: null };
      return {
        generate: (random, n, now) => (random.unit() < rate ? null : generate(random, n, now)),
        rows: null,
      };
    },
  };
}

function notNull(prefix: string, type: LogicalType): Generator {
  switch (type.root) {
    case 'BOOLEAN':
      return simple((random) => (random.uint32() & 1) === 1);
    case 'TINYINT':
      return integers(prefix, -128, 127);
    case 'SMALLINT':
      return integers(prefix, -32_768, 32_767);
    case 'INTEGER':
      return integers(prefix, -2_147_483_648, 2_147_483_647);
    case 'INTERVAL_YEAR_MONTH':
      return integers(prefix, 0, 120_000);
    case 'BIGINT':
      return bigints(prefix);
    case 'INTERVAL_DAY_TIME':
      return mapped(bigints(prefix, 0n, 1_000_000_000_000n), (v) => Number(v as bigint));
    case 'FLOAT':
      return mapped(doubles(prefix, -3.4028234663852886e38, 3.4028234663852886e38), (v) =>
        Math.fround(v as number),
      );
    case 'DOUBLE':
      return doubles(prefix, -Number.MAX_VALUE, Number.MAX_VALUE);
    case 'DECIMAL': {
      const limit = 10 ** (type.precision - type.scale) - 10 ** -type.scale;
      return mapped(doubles(prefix, -limit, limit), (v) => decimal(v as number, type.precision, type.scale));
    }
    case 'CHAR':
    case 'VARCHAR':
      return lengthy(prefix, type, type.root === 'CHAR', hexText);
    case 'BINARY':
    case 'VARBINARY':
      return lengthy(prefix, type, type.root === 'BINARY', randomBytes);
    case 'DATE':
      return simple((_, _n, now) => Math.floor(now / MILLIS_PER_DAY));
    case 'TIME':
      return simple((_, _n, now) => now - Math.floor(now / MILLIS_PER_DAY) * MILLIS_PER_DAY);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return pastTimestamps(prefix, type.precision);
    case 'ARRAY':
    case 'MULTISET':
    case 'MAP':
      return collections(prefix, type);
    case 'ROW':
      return rows(prefix, type.fields);
    case 'NULL':
      return simple(() => null);
  }
}

function simple(generate: Generate): Generator {
  return { options: [], build: () => ({ generate, rows: null }) };
}

function mapped(inner: Generator, map: (value: unknown) => unknown): Generator {
  return {
    options: inner.options,
    build(values) {
      const { generate, rows } = inner.build(values);
      return { generate: (random, n, now) => map(generate(random, n, now)), rows };
    },
  };
}

function requireOrder(prefix: string, min: number | bigint, max: number | bigint): void {
  if (min <= max) return;
  throw new ValidationError(`'${prefix}.min' (${min}) must not be greater than '${prefix}.max' (${max}).`);
}

function integers(prefix: string, least: number, greatest: number): Generator {
  const bounded = (key: string, bound: number, doc: string) =>
    option(`${prefix}.${key}`)
      .long()
      .default(bound)
      .describe(doc)
      .checked((v) => {
        if (v < least || v > greatest) {
          throw new Error(`The value must be from ${least} to ${greatest}, but is ${v}.`);
        }
      });
  const min = bounded('min', least, 'The least value.');
  const max = bounded('max', greatest, 'The greatest value.');
  return {
    options: [min, max],
    build(values) {
      const [low, high] = [values.get(min), values.get(max)];
      requireOrder(prefix, low, high);
      return { generate: (random) => random.integer(low, high), rows: null };
    },
  };
}

function longOption(key: string) {
  return option(key).of<bigint>({
    label: 'Long',
    parse(text) {
      const trimmed = text.trim();
      const value = /^[+-]?\d+$/.test(trimmed) ? BigInt(trimmed.replace('+', '')) : null;
      if (value === null || value < LONG_MIN || value > LONG_MAX) {
        throw new Error(`For input string: "${text}"`);
      }
      return value;
    },
    print: String,
  });
}

function bigints(prefix: string, least = LONG_MIN, greatest = LONG_MAX): Generator {
  const min = longOption(`${prefix}.min`).default(least).describe('The least value.');
  const max = longOption(`${prefix}.max`).default(greatest).describe('The greatest value.');
  return {
    options: [min, max],
    build(values) {
      const [low, high] = [values.get(min), values.get(max)];
      requireOrder(prefix, low, high);
      return { generate: (random) => random.bigint(low, high), rows: null };
    },
  };
}

function doubles(prefix: string, least: number, greatest: number): Generator {
  const min = option(`${prefix}.min`).double().default(least).describe('The least value.');
  const max = option(`${prefix}.max`).double().default(greatest).describe('The greatest value.');
  return {
    options: [min, max],
    build(values) {
      const [low, high] = [values.get(min), values.get(max)];
      requireOrder(prefix, low, high);
      return { generate: (random) => random.double(low, high), rows: null };
    },
  };
}

/** Null where the digits do not fit, as a DECIMAL overflow is. */
function decimal(value: number, precision: number, scale: number): Big | null {
  const rounded = new Big(value).round(scale, Big.roundHalfUp);
  return rounded.c[0] !== 0 && rounded.e >= precision - scale && rounded.e >= 0 ? null : rounded;
}

const DEFAULT_LENGTH = 100;

function lengthy(
  prefix: string,
  type: LogicalType & { readonly length: number },
  fixed: boolean,
  make: (random: PlacedRandom, length: number) => unknown,
): Generator {
  const declared = type.length;
  if (fixed) return simple((random) => make(random, declared));
  const length = option(`${prefix}.length`)
    .int()
    .default(declared === MAX_LENGTH ? DEFAULT_LENGTH : declared)
    .describe('How long a value is, at most where `var-len` is set.')
    .checked((v) => {
      if (v < 0) throw new Error(`The length shouldn't be negative, but is ${v}.`);
      if (v <= declared) return;
      throw new Error(
        `Custom length '${v}' for variable-length type (VARCHAR/STRING/VARBINARY/BYTES) field '${prefix.slice('fields.'.length)}' should be shorter than '${declared}' defined in the schema.`,
      );
    });
  const varLen = option(`${prefix}.var-len`)
    .boolean()
    .default(false)
    .describe('Whether lengths differ, from 1 to `length`.');
  return {
    options: [length, varLen],
    build(values) {
      const most = values.get(length);
      if (!values.get(varLen) || most === 0) return { generate: (random) => make(random, most), rows: null };
      return { generate: (random) => make(random, random.integer(1, most)), rows: null };
    },
  };
}

function hexText(random: PlacedRandom, length: number): string {
  let text = '';
  while (text.length < length) text += random.uint32().toString(16).padStart(8, '0');
  return text.slice(0, length);
}

function randomBytes(random: PlacedRandom, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let i = 0; i < length; i++) bytes[i] = random.uint32() >>> 24;
  return bytes;
}

function pastTimestamps(prefix: string, precision: number): Generator {
  const maxPast = option(`${prefix}.max-past`)
    .duration()
    .default(0)
    .describe('How far back timestamps go from now.');
  const unit = precision >= 3 ? 1 : 10 ** (3 - precision);
  return {
    options: [maxPast],
    build(values) {
      const span = values.get(maxPast);
      return {
        generate(random, _, now) {
          const millis = span === 0 ? now : now - random.integer(0, span);
          return new TimestampData(Math.floor(millis / unit) * unit);
        },
        rows: null,
      };
    },
  };
}

const DEFAULT_ELEMENTS = 3;

function collections(
  prefix: string,
  type: LogicalType & { readonly root: 'ARRAY' | 'MULTISET' | 'MAP' },
): Generator {
  const size = option(`${prefix}.length`)
    .int()
    .default(DEFAULT_ELEMENTS)
    .atLeast(0)
    .describe('How many elements there are.');
  const [first, second] =
    type.root === 'MAP'
      ? [randomGenerator(`${prefix}.key`, type.key), randomGenerator(`${prefix}.value`, type.value)]
      : [randomGenerator(`${prefix}.element`, type.element), null];
  return {
    options: [size, ...first.options, ...(second?.options ?? [])],
    build(values) {
      const count = values.get(size);
      const one = first.build(values).generate;
      if (type.root === 'ARRAY') {
        return {
          generate: (random, n, now) => Array.from({ length: count }, () => one(random, n, now)),
          rows: null,
        };
      }
      const other = second?.build(values).generate ?? ((random: PlacedRandom) => random.integer(1, 10));
      return {
        generate(random, n, now) {
          const map = new Map<unknown, unknown>();
          for (let i = 0; i < count; i++) map.set(one(random, n, now), other(random, n, now));
          return map;
        },
        rows: null,
      };
    },
  };
}

function rows(
  prefix: string,
  fields: readonly { readonly name: string; readonly type: LogicalType }[],
): Generator {
  const inner = fields.map((f) => randomGenerator(`${prefix}.${f.name}`, f.type));
  return {
    options: inner.flatMap((g) => g.options),
    build(values) {
      const generates = inner.map((g) => g.build(values).generate);
      return { generate: (random, n, now) => generates.map((g) => g(random, n, now)), rows: null };
    },
  };
}

/** The generator of `fields.<name>` with kind `sequence`: from `start` to `end`, both included. */
export function sequenceGenerator(prefix: string, type: LogicalType): Generator {
  const start = longOption(`${prefix}.start`).describe('The first value.');
  const end = longOption(`${prefix}.end`).describe('The last value; the table ends with it.');
  const convert = sequenceValue(type);
  return {
    options: [start, end],
    build(values) {
      const [from, to] = [values.find(start), values.find(end)];
      if (from === undefined) throw missing(`${prefix}.start`);
      if (to === undefined) throw missing(`${prefix}.end`);
      if (from > to) {
        throw new ValidationError(
          `'${prefix}.start' (${from}) must not be greater than '${prefix}.end' (${to}).`,
        );
      }
      return { generate: (_, n) => convert(from + BigInt(n)), rows: Number(to - from + 1n) };
    },
  };
}

function missing(key: string): ValidationError {
  return new ValidationError(`Could not find required property '${key}' for sequence generator.`);
}

function sequenceValue(type: LogicalType): (value: bigint) => unknown {
  switch (type.root) {
    case 'TINYINT':
      return (v) => Number(BigInt.asIntN(8, v));
    case 'SMALLINT':
      return (v) => Number(BigInt.asIntN(16, v));
    case 'INTEGER':
      return (v) => Number(BigInt.asIntN(32, v));
    case 'BIGINT':
      return (v) => v;
    case 'FLOAT':
      return (v) => Math.fround(Number(v));
    case 'DOUBLE':
      return (v) => Number(v);
    case 'DECIMAL':
      return (v) => decimalOf(v, type.precision, type.scale);
    case 'CHAR':
    case 'VARCHAR':
      return (v) => String(v);
    default:
      throw new ValidationError(`Unsupported type for sequence generator: ${typeToString(type)}.`);
  }
}

function decimalOf(value: bigint, precision: number, scale: number): Big | null {
  const big = new Big(String(value));
  return big.c[0] !== 0 && big.e >= precision - scale ? null : big;
}
