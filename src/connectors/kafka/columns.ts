// Which physical columns the message key and the message value hold (KafkaConnectorOptionsUtil.createKeyFormatProjection and
// createValueFormatProjection, with their messages).
import type { OptionValues } from '../../options/read-options.ts';
import { ValidationError } from '../../types/errors.ts';
import type { Field, Schema } from '../../types/schema.ts';
import { KEY_FIELDS, KEY_FIELDS_PREFIX, KEY_FORMAT, VALUE_FIELDS_INCLUDE } from './options.ts';

export interface MessageColumns {
  /** Physical column indexes, in the order of `key.fields`; empty without a key format. */
  readonly key: readonly number[];
  /** The key's columns as the key format sees them: without `key.fields-prefix`. */
  readonly keySchema: Schema;
  /** Physical column indexes, ascending. */
  readonly value: readonly number[];
  readonly valueSchema: Schema;
}

/** @throws ValidationError */
export function messageColumns(options: OptionValues, fields: readonly Field[]): MessageColumns {
  const prefix = options.find(KEY_FIELDS_PREFIX) ?? '';
  const key = keyColumns(options, fields, prefix);
  const value = valueColumns(options, fields, key, prefix);
  return {
    key,
    keySchema: {
      fields: key.map((i) => ({ ...fields[i]!, name: fields[i]!.name.slice(prefix.length) })),
    },
    value,
    valueSchema: { fields: value.map((i) => fields[i]!) },
  };
}

function keyColumns(options: OptionValues, fields: readonly Field[], prefix: string): number[] {
  const keyFields = options.find(KEY_FIELDS);
  const keyFormat = options.find(KEY_FORMAT);
  if (keyFormat === undefined) {
    if (keyFields === undefined) return [];
    throw new ValidationError(
      `The option '${KEY_FIELDS.key}' can only be declared if a key format is defined using '${KEY_FORMAT.key}'.`,
    );
  }
  if (keyFields === undefined || keyFields.length === 0) {
    throw new ValidationError(
      `A key format '${KEY_FORMAT.key}' requires the declaration of one or more of key fields using '${KEY_FIELDS.key}'.`,
    );
  }
  const names = fields.map((f) => f.name);
  return keyFields.map((name) => {
    const at = names.indexOf(name);
    if (at < 0) {
      throw new ValidationError(
        `Could not find the field '${name}' in the table schema for usage in the key format. A key field must be a regular, physical column. The following columns can be selected in the '${KEY_FIELDS.key}' option:\n[${names.join(', ')}]`,
      );
    }
    if (!name.startsWith(prefix)) {
      throw new ValidationError(
        `All fields in '${KEY_FIELDS.key}' must be prefixed with '${prefix}' when option '${KEY_FIELDS_PREFIX.key}' is set but field '${name}' is not prefixed.`,
      );
    }
    return at;
  });
}

function valueColumns(
  options: OptionValues,
  fields: readonly Field[],
  key: readonly number[],
  prefix: string,
): number[] {
  const all = fields.map((_, i) => i);
  if (options.get(VALUE_FIELDS_INCLUDE) === 'EXCEPT_KEY') return all.filter((i) => !key.includes(i));
  if (prefix === '') return all;
  throw new ValidationError(
    `A key prefix is not allowed when option '${VALUE_FIELDS_INCLUDE.key}' is set to 'ALL'. Set it to 'EXCEPT_KEY' instead to avoid field overlaps.`,
  );
}
