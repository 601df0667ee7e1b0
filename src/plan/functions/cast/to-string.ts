// CAST(x AS STRING) of every type.
import type Big from 'big.js';
import type { LogicalType } from '../../../types/logical-type.ts';
import { dateToString } from '../../../types/text/dates.ts';
import { decimalToPlain, doubleToString, floatToString } from '../../../types/text/numbers.ts';
import { timeToString } from '../../../types/text/times.ts';
import { timestampToString } from '../../../types/text/timestamps.ts';
import { TimestampData } from '../../../types/values.ts';
import type { Zone } from '../datetime/zone.ts';

/** Of a value that is not null. */
export type ToString = (value: unknown) => string;

/** `text`: bytes are UTF-8, as CAST has it. `hex`: `x'0aff'`, as the SQL client prints them. */
export type BytesStyle = 'text' | 'hex';

export function toStringOf(type: LogicalType, zone: Zone, bytes: BytesStyle = 'text'): ToString {
  switch (type.root) {
    case 'BOOLEAN':
      return (v) => (v === true ? 'TRUE' : 'FALSE');
    case 'FLOAT':
      return (v) => floatToString(v as number);
    case 'DOUBLE':
      return (v) => doubleToString(v as number);
    case 'DECIMAL': {
      const { scale } = type;
      return (v) => decimalToPlain(v as Big, scale);
    }
    case 'DATE':
      return (v) => dateToString(v as number);
    case 'TIME': {
      const { precision } = type;
      return (v) => timeToString(v as number, precision);
    }
    case 'TIMESTAMP': {
      const { precision } = type;
      return (v) => timestampToString(v as TimestampData, precision);
    }
    case 'TIMESTAMP_LTZ': {
      const { precision } = type;
      return (v) => timestampToString(toLocal(v as TimestampData, zone), precision);
    }
    case 'BINARY':
    case 'VARBINARY':
      return bytes === 'text' ? utf8 : hex;
    case 'INTERVAL_YEAR_MONTH':
      return (v) => yearMonthToString(v as number);
    case 'INTERVAL_DAY_TIME':
      return (v) => dayTimeToString(v as number);
    case 'ARRAY':
    case 'MULTISET':
    case 'MAP':
    case 'ROW':
      return nestedToString(type, zone, bytes);
    default:
      return String;
  }
}

/** What a clock in the zone shows at the instant. */
export function toLocal(ts: TimestampData, zone: Zone): TimestampData {
  const offset = zone.offsetAt(ts.millisecond);
  return offset === 0 ? ts : new TimestampData(ts.millisecond + offset, ts.nanoOfMillisecond);
}

function utf8(value: unknown): string {
  const bytes = value as Uint8Array;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function hex(value: unknown): string {
  const bytes = value as Uint8Array;
  return `x'${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}'`;
}

type Nested = LogicalType & { readonly root: 'ARRAY' | 'MULTISET' | 'MAP' | 'ROW' };

function nestedToString(type: Nested, zone: Zone, bytes: BytesStyle): ToString {
  const of = (t: LogicalType): ToString => {
    const print = toStringOf(t, zone, bytes);
    return (v) => (v === null || v === undefined ? 'NULL' : print(v));
  };
  switch (type.root) {
    case 'ARRAY': {
      const element = of(type.element);
      return (v) => `[${(v as readonly unknown[]).map(element).join(', ')}]`;
    }
    case 'ROW': {
      const fields = type.fields.map((f) => of(f.type));
      return (v) => `(${(v as readonly unknown[]).map((x, i) => fields[i]!(x)).join(', ')})`;
    }
    case 'MULTISET': {
      const element = of(type.element);
      return (v) => mapToString(v as ReadonlyMap<unknown, unknown>, element, String);
    }
    case 'MAP': {
      const key = of(type.key);
      const value = of(type.value);
      return (v) => mapToString(v as ReadonlyMap<unknown, unknown>, key, value);
    }
  }
}

function mapToString(map: ReadonlyMap<unknown, unknown>, key: ToString, value: ToString): string {
  return `{${[...map].map(([k, v]) => `${key(k)}=${value(v)}`).join(', ')}}`;
}

/** `+1-02`: years and months. */
function yearMonthToString(months: number): string {
  const magnitude = Math.abs(months);
  return `${months < 0 ? '-' : '+'}${Math.floor(magnitude / 12)}-${String(magnitude % 12).padStart(2, '0')}`;
}

/** `+1 02:03:04.000` */
function dayTimeToString(millis: number): string {
  const magnitude = Math.abs(millis);
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  const clock = `${two((magnitude / 3_600_000) % 24)}:${two((magnitude / 60_000) % 60)}:${two((magnitude / 1000) % 60)}`;
  return `${millis < 0 ? '-' : '+'}${Math.floor(magnitude / 86_400_000)} ${clock}.${String(magnitude % 1000).padStart(3, '0')}`;
}
