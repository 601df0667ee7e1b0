// Random texts, bytes and timestamps.
import { option } from '../../options/config-option.ts';
import { type LogicalType, MAX_LENGTH } from '../../types/logical-type.ts';
import { TimestampData } from '../../types/values.ts';
import type { Generator } from './generator.ts';
import { simple } from './generator.ts';
import type { PlacedRandom } from './random.ts';

const DEFAULT_LENGTH = 100;

export function lengthy(
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

export function hexText(random: PlacedRandom, length: number): string {
  let text = '';
  while (text.length < length) text += random.uint32().toString(16).padStart(8, '0');
  return text.slice(0, length);
}

export function randomBytes(random: PlacedRandom, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let i = 0; i < length; i++) bytes[i] = random.uint32() >>> 24;
  return bytes;
}

export function pastTimestamps(prefix: string, precision: number): Generator {
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
