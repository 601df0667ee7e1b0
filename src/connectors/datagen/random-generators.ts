// Random values, a generator a type (org.apache.flink.connector.datagen.table.RandomGeneratorVisitor).
import { option } from '../../options/config-option.ts';
import type { LogicalType } from '../../types/logical-type.ts';
import { MILLIS_PER_DAY } from '../../types/text/dates.ts';
import { type Generator, mapped, simple } from './generator.ts';
import { bigints, decimal, doubles, integers } from './numbers.ts';
import type { PlacedRandom } from './random.ts';
import { hexText, lengthy, pastTimestamps, randomBytes } from './texts.ts';

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
      return mapped(bigints(prefix, 0n, 1_000_000_000_000n), (v) => Number(v));
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
