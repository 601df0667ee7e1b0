// State as JSON and back: the values of `types/values.ts` that JSON has no form for stand in an object with one `$` key.
import Big from 'big.js';
import { TimestampData } from '../../types/values.ts';

/** A value of state as something that JSON.stringify writes without loss. */
export function encodeValue(value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return { $i: value.toString() };
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $f: Object.is(value, -0) ? '-0' : String(value) };
    case 'object':
      return value === null ? null : encodeObject(value);
    case 'undefined':
      return null;
    default:
      return value;
  }
}

function encodeObject(value: object): unknown {
  if (Array.isArray(value)) return value.map(encodeValue);
  if (value instanceof Big) return { $d: value.toString() };
  if (value instanceof TimestampData) return { $t: [value.millisecond, value.nanoOfMillisecond] };
  if (value instanceof Uint8Array) return { $b: Buffer.from(value).toString('base64') };
  if (value instanceof Map) return { $m: [...value].map(encodeValue) };
  return { $o: Object.entries(value).map(([k, v]) => [k, encodeValue(v)]) };
}

export function decodeValue(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map(decodeValue);
  const [tag, content] = Object.entries(json)[0]!;
  switch (tag) {
    case '$i':
      return BigInt(content as string);
    case '$f':
      return Number(content);
    case '$d':
      return new Big(content as string);
    case '$t': {
      const [millisecond, nano] = content as [number, number];
      return new TimestampData(millisecond, nano);
    }
    case '$b':
      return Buffer.from(content as string, 'base64');
    case '$m':
      return new Map((content as unknown[]).map(decodeValue) as [unknown, unknown][]);
    case '$o':
      return Object.fromEntries((content as [string, unknown][]).map(([k, v]) => [k, decodeValue(v)]));
    default:
      throw new TypeError(`unknown tag ${tag} in a checkpoint`);
  }
}
