// Literals of the syntax tree as constants with types.
import type {
  Literal as AstLiteral,
  BytesLiteral,
  DateTimeLiteral,
  IntervalLiteral,
  NumberLiteral,
  TimeUnit,
} from '../sql/ast.ts';
import { ValidationError } from '../types/errors.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { MILLIS_PER_DAY, parseIsoDate } from '../types/text/dates.ts';
import { parseTime } from '../types/text/times.ts';
import { timestampOf, truncateTimestamp } from '../types/text/timestamps.ts';
import { big } from './functions/decimals.ts';
import type { Literal } from './rex.ts';
import { decimal, MAX_PRECISION } from './types/decimal-rules.ts';

const NULL_TYPE: LogicalType = { root: 'NULL', nullable: true };
const BOOLEAN: LogicalType = { root: 'BOOLEAN', nullable: false };
const INTEGER: LogicalType = { root: 'INTEGER', nullable: false };
const BIGINT: LogicalType = { root: 'BIGINT', nullable: false };
const DOUBLE: LogicalType = { root: 'DOUBLE', nullable: false };

function literal(value: unknown, type: LogicalType): Literal {
  return { kind: 'literal', value, type };
}

export function nullLiteral(): Literal {
  return literal(null, NULL_TYPE);
}

export function stringLiteral(value: string): Literal {
  return literal(value, { root: 'CHAR', length: value.length, nullable: false });
}

/** @throws ValidationError with the literal's span */
export function bindLiteral(ast: AstLiteral): Literal {
  switch (ast.kind) {
    case 'string':
      return stringLiteral(ast.value);
    case 'number':
      return numberLiteral(ast, false);
    case 'boolean':
      return literal(ast.value, { ...BOOLEAN, nullable: ast.value === null });
    case 'null':
      return nullLiteral();
    case 'bytes':
      return bytesLiteral(ast);
    case 'datetime':
      return dateTimeLiteral(ast);
    case 'interval':
      return intervalLiteral(ast);
  }
}

/** The sign stands in front of the literal in SQL, and is taken with it. */
export function numberLiteral(ast: NumberLiteral, negative: boolean): Literal {
  const sign = negative ? '-' : '';
  if (ast.approximate) {
    const value = Number(ast.text);
    if (!Number.isFinite(value)) {
      throw new ValidationError(`Numeric literal '${ast.text.toUpperCase()}' out of range`, {
        span: ast.span,
      });
    }
    return literal(negative ? 0 - value : value, DOUBLE);
  }
  const point = ast.text.indexOf('.');
  const scale = point < 0 ? 0 : ast.text.length - 1 - point;
  return scale === 0
    ? integerLiteral(ast, sign + (point < 0 ? ast.text : ast.text.slice(0, point)))
    : decimalLiteral(ast, sign + ast.text, ast.text.length - 1, scale);
}

function integerLiteral(ast: NumberLiteral, text: string): Literal {
  const value = BigInt(text);
  if (BigInt.asIntN(32, value) === value) return literal(Number(value), INTEGER);
  if (BigInt.asIntN(64, value) === value) return literal(value, BIGINT);
  return decimalLiteral(ast, text, text.replace('-', '').length, 0);
}

function decimalLiteral(ast: NumberLiteral, text: string, precision: number, scale: number): Literal {
  if (precision > MAX_PRECISION) {
    throw new ValidationError(`Numeric literal '${ast.text}' out of range`, { span: ast.span });
  }
  const value = big(text);
  return literal(value.c[0] === 0 ? big(0) : value, decimal(precision, scale));
}

function bytesLiteral(ast: BytesLiteral): Literal {
  const bytes = Buffer.from(ast.hex, 'hex');
  return literal(bytes, { root: 'BINARY', length: bytes.length, nullable: false });
}

const TIMESTAMP = /^(\d{4})-(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d+))?$/;
const FORMATS = { DATE: 'yyyy-MM-dd', TIME: 'HH:mm:ss', TIMESTAMP: 'yyyy-MM-dd HH:mm:ss' } as const;

function dateTimeLiteral(ast: DateTimeLiteral): Literal {
  const value = dateTimeValue(ast);
  if (value === null) {
    throw new ValidationError(
      `Illegal ${ast.type} literal '${ast.text}': not in format '${FORMATS[ast.type]}'`,
      {
        span: ast.span,
      },
    );
  }
  return value;
}

function fractionDigits(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : Math.min(9, text.length - point - 1);
}

function dateTimeValue({ type, text }: DateTimeLiteral): Literal | null {
  const trimmed = text.trim();
  if (type === 'DATE') {
    const match = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(trimmed);
    const days =
      match === null
        ? null
        : parseIsoDate(
            match
              .slice(1)
              .map((d) => d.padStart(2, '0'))
              .join('-'),
          );
    return days === null ? null : literal(days, { root: 'DATE', nullable: false });
  }
  if (type === 'TIME') {
    const millis = /^\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?$/.test(trimmed) ? parseTime(trimmed) : null;
    return millis === null
      ? null
      : literal(millis, { root: 'TIME', precision: fractionDigits(trimmed), nullable: false });
  }
  const match = TIMESTAMP.exec(trimmed);
  if (match === null) return null;
  const [y, mo, d, h, mi, s] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ts = timestampOf(y, mo, d, h, mi, s, Number((match[7] ?? '').slice(0, 9).padEnd(9, '0')));
  if (ts === null) return null;
  const precision = fractionDigits(trimmed);
  return literal(truncateTimestamp(ts, precision), { root: 'TIMESTAMP', precision, nullable: false });
}

// ------------------------------------------------------------------------------------------------------------ intervals

/** Units of the text of an interval, largest first. */
const LADDER: readonly TimeUnit[] = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];
const FACTORS: Partial<Record<TimeUnit, number>> = {
  MILLENNIUM: 12_000,
  CENTURY: 1200,
  DECADE: 120,
  YEAR: 12,
  QUARTER: 3,
  MONTH: 1,
  WEEK: 7 * MILLIS_PER_DAY,
  DAY: MILLIS_PER_DAY,
  HOUR: 3_600_000,
  MINUTE: 60_000,
  SECOND: 1000,
  MILLISECOND: 1,
};
const MONTH_UNITS: ReadonlySet<TimeUnit> = new Set([
  'MILLENNIUM',
  'CENTURY',
  'DECADE',
  'YEAR',
  'QUARTER',
  'MONTH',
]);

function intervalLiteral(ast: IntervalLiteral): Literal {
  const value = intervalValue(ast);
  if (value === undefined) {
    const qualifier = ast.to === undefined ? ast.from : `${ast.from} TO ${ast.to}`;
    throw new ValidationError(`Illegal interval literal format '${ast.text}' for INTERVAL ${qualifier}`, {
      span: ast.span,
    });
  }
  const months = MONTH_UNITS.has(ast.from);
  return literal(value, { root: months ? 'INTERVAL_YEAR_MONTH' : 'INTERVAL_DAY_TIME', nullable: false });
}

function intervalValue(ast: IntervalLiteral): number | undefined {
  const match = /^\s*([+-]?)\s*(.*?)\s*$/.exec(ast.text)!;
  const negative = (match[1] === '-') !== ast.negative;
  const magnitude = ast.to === undefined ? single(match[2]!, ast.from) : range(match[2]!, ast.from, ast.to);
  if (magnitude === undefined || !Number.isFinite(magnitude)) return undefined;
  return negative ? 0 - magnitude : magnitude;
}

function single(text: string, unit: TimeUnit): number | undefined {
  const factor = FACTORS[unit];
  const fraction = unit === 'SECOND' ? /^\d+(\.\d+)?$/ : /^\d+$/;
  if (factor === undefined || !fraction.test(text)) return undefined;
  return Math.trunc(Math.round(Number(text) * factor * 1e6) / 1e6);
}

/** `1-2`, `1 02:03:04.5`, `03:04`: one number for each unit from the first to the last. */
function range(text: string, from: TimeUnit, to: TimeUnit): number | undefined {
  const units = LADDER.slice(LADDER.indexOf(from), LADDER.indexOf(to) + 1);
  if (units.length < 2 || MONTH_UNITS.has(from) !== MONTH_UNITS.has(to)) return undefined;
  const separators = units.map((u) => (u === 'MONTH' ? '-' : u === 'HOUR' ? ' ' : ':'));
  const pattern = units.map(
    (u, i) => `${i === 0 ? '' : separators[i]}(\\d+${u === 'SECOND' ? '(?:\\.\\d+)?' : ''})`,
  );
  const match = new RegExp(`^${pattern.join('')}$`).exec(text);
  if (match === null) return undefined;
  return units.reduce((sum, u, i) => sum + (single(match[i + 1]!, u) ?? Number.NaN), 0);
}
