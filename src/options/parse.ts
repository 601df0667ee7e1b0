// Texts to values, with Flink's words for what is wrong (org.apache.flink.util.TimeUtils, MemorySize, ConfigurationUtils).

/** Milliseconds. */
export type Duration = number;

export function parseBoolean(text: string): boolean {
  const lower = text.trim().toLowerCase();
  if (lower === 'true') return true;
  if (lower === 'false') return false;
  throw new Error(
    `Unrecognized option for boolean: ${text}. Expected either true or false(case insensitive)`,
  );
}

export function parseInt32(text: string): number {
  const value = parseInt64(text);
  if (value < -(2 ** 31) || value > 2 ** 31 - 1) throw new Error(`For input string: "${text}"`);
  return value;
}

export function parseInt64(text: string): number {
  const trimmed = text.trim();
  const value = Number(trimmed);
  if (!/^[+-]?\d+$/.test(trimmed) || !Number.isSafeInteger(value)) {
    throw new Error(`For input string: "${text}"`);
  }
  return value;
}

interface TimeUnit {
  readonly name: string;
  readonly millis: number;
  readonly labels: readonly string[];
}

const TIME_UNITS: readonly TimeUnit[] = [
  { name: 'DAYS', millis: 86_400_000, labels: ['d', 'day', 'days'] },
  { name: 'HOURS', millis: 3_600_000, labels: ['h', 'hour', 'hours'] },
  { name: 'MINUTES', millis: 60_000, labels: ['min', 'm', 'minute', 'minutes'] },
  { name: 'SECONDS', millis: 1000, labels: ['s', 'sec', 'secs', 'second', 'seconds'] },
  { name: 'MILLISECONDS', millis: 1, labels: ['ms', 'milli', 'millis', 'millisecond', 'milliseconds'] },
  { name: 'MICROSECONDS', millis: 1e-3, labels: ['µs', 'micro', 'micros', 'microsecond', 'microseconds'] },
  { name: 'NANOSECONDS', millis: 1e-6, labels: ['ns', 'nano', 'nanos', 'nanosecond', 'nanoseconds'] },
];

/** `3000ms`, `3 s`, `1 min`; no unit is milliseconds. */
export function parseDuration(text: string): Duration {
  const trimmed = text.trim();
  const digits = /^\d+/.exec(trimmed)?.[0];
  if (digits === undefined) throw new Error('text does not start with a number');
  const label = trimmed.slice(digits.length).trim().toLowerCase();
  const unit = label === '' ? { millis: 1 } : TIME_UNITS.find((u) => u.labels.includes(label));
  if (unit === undefined) {
    const known = TIME_UNITS.map((u) => `${u.name}: (${u.labels.join(' | ')})`).join(', ');
    throw new Error(
      `Time interval unit label '${label}' does not match any of the recognized units: ${known}`,
    );
  }
  const value = Number(digits) * unit.millis;
  if (value > Number.MAX_SAFE_INTEGER) {
    throw new Error(`The value '${digits}' cannot be represented as 64bit number (numeric overflow).`);
  }
  return value;
}

const MEMORY_UNITS: readonly { readonly bytes: number; readonly labels: readonly string[] }[] = [
  { bytes: 1, labels: ['b', 'bytes'] },
  { bytes: 2 ** 10, labels: ['k', 'kb', 'kibibytes'] },
  { bytes: 2 ** 20, labels: ['m', 'mb', 'mebibytes'] },
  { bytes: 2 ** 30, labels: ['g', 'gb', 'gibibytes'] },
  { bytes: 2 ** 40, labels: ['t', 'tb', 'tebibytes'] },
];

/** `128MB`, `1 gb`; no unit is bytes. */
export function parseMemorySize(text: string): number {
  const trimmed = text.trim();
  const digits = /^\d+/.exec(trimmed)?.[0];
  if (digits === undefined) throw new Error('text does not start with a number');
  const label = trimmed.slice(digits.length).trim().toLowerCase();
  const unit = label === '' ? { bytes: 1 } : MEMORY_UNITS.find((u) => u.labels.includes(label));
  if (unit === undefined) {
    const known = MEMORY_UNITS.map((u) => `(${u.labels.join(' | ')})`).join(', ');
    throw new Error(`Memory size unit '${label}' does not match any of the recognized units: ${known}`);
  }
  return Number(digits) * unit.bytes;
}
