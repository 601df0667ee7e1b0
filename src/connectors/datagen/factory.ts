// Rows out of thin air (org.apache.flink.connector.datagen.table.DataGenTableSourceFactory).
import type { DynamicTableFactory, FactoryContext } from '../../connector/factory.ts';
import { type ConfigOption, option } from '../../options/config-option.ts';
import { readOptions } from '../../options/read-options.ts';
import { ValidationError } from '../../types/errors.ts';
import type { Field } from '../../types/schema.ts';
import type { Generator } from './generator.ts';
import {
  DATAGEN_OPTIONS,
  NUMBER_OF_ROWS,
  ROWS_PER_SECOND,
  SCAN_PARALLELISM,
  TABLE_OPTIONS,
} from './options.ts';
import { randomGenerator } from './random-generators.ts';
import { sequenceGenerator } from './sequence.ts';
import { datagenSource } from './source.ts';

export const datagenFactory: DynamicTableFactory = {
  identifier: 'datagen',
  options: DATAGEN_OPTIONS,
  createSource({ schema, options }) {
    const fields = schema.fields.map((field) => ({ field, generator: generatorOf(field, options) }));
    const values = readOptions('datagen', options, {
      required: TABLE_OPTIONS.required,
      optional: [
        ...TABLE_OPTIONS.optional,
        ...fields.flatMap(({ field, generator }) => [kindOption(field), ...generator.options]),
      ],
    });
    const built = fields.map(({ generator }) => generator.build(values));
    const limits = [values.find(NUMBER_OF_ROWS) ?? null, ...built.map((b) => b.rows)].filter(
      (n) => n !== null,
    );
    return datagenSource({
      generate: built.map((b) => b.generate),
      rowsPerSecond: values.get(ROWS_PER_SECOND),
      rows: limits.length === 0 ? null : Math.min(...limits),
      parallelism: values.find(SCAN_PARALLELISM),
    });
  },
};

function kindOption(field: Field): ConfigOption<string> {
  return option(`fields.${field.name}.kind`).string().default('random').describe('random or sequence.');
}

function generatorOf(field: Field, options: FactoryContext['options']): Generator {
  const prefix = `fields.${field.name}`;
  const kind = find(options, `${prefix}.kind`) ?? 'random';
  switch (kind.trim().toLowerCase()) {
    case 'random':
      return randomGenerator(prefix, field.type);
    case 'sequence':
      return sequenceGenerator(prefix, field.type);
    default:
      throw new ValidationError(
        `Unsupported generator kind: ${kind} of '${prefix}.kind'. Expected one of: random, sequence.`,
      );
  }
}

function find(options: FactoryContext['options'], key: string): string | undefined {
  const lower = key.toLowerCase();
  for (const [written, value] of options) if (written.toLowerCase() === lower) return value;
  return undefined;
}
