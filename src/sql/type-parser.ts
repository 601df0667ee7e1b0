// Types as Flink SQL writes them.
import { nearest } from '../options/nearest.ts';
import { ValidationError } from '../types/errors.ts';
import { type LogicalType, MAX_LENGTH, type RowField, withNullable } from '../types/logical-type.ts';
import type { TimeUnit, TypeNode } from './ast.ts';
import { TokenStream } from './token-stream.ts';

const SIMPLE: Readonly<Record<string, LogicalType>> = {
  BOOLEAN: { root: 'BOOLEAN', nullable: true },
  TINYINT: { root: 'TINYINT', nullable: true },
  SMALLINT: { root: 'SMALLINT', nullable: true },
  INT: { root: 'INTEGER', nullable: true },
  INTEGER: { root: 'INTEGER', nullable: true },
  BIGINT: { root: 'BIGINT', nullable: true },
  FLOAT: { root: 'FLOAT', nullable: true },
  REAL: { root: 'FLOAT', nullable: true },
  DATE: { root: 'DATE', nullable: true },
  NULL: { root: 'NULL', nullable: true },
  STRING: { root: 'VARCHAR', length: MAX_LENGTH, nullable: true },
  BYTES: { root: 'VARBINARY', length: MAX_LENGTH, nullable: true },
};

const OTHERS =
  'CHAR CHARACTER VARCHAR BINARY VARBINARY DECIMAL DEC NUMERIC DOUBLE TIME TIMESTAMP TIMESTAMP_LTZ INTERVAL ARRAY MULTISET MAP ROW'.split(
    ' ',
  );

/** Time units by the words for them. */
const UNITS: ReadonlyMap<string, TimeUnit> = new Map<string, TimeUnit>([
  ...(
    [
      'NANOSECOND',
      'MICROSECOND',
      'MILLISECOND',
      'SECOND',
      'MINUTE',
      'HOUR',
      'DAY',
      'WEEK',
      'MONTH',
      'QUARTER',
      'YEAR',
    ] as const
  ).flatMap((unit): [string, TimeUnit][] => [
    [unit, unit],
    [`${unit}S`, unit],
    [`SQL_TSI_${unit}`, unit],
  ]),
  ...(['DECADE', 'CENTURY', 'MILLENNIUM', 'DOW', 'DOY', 'ISODOW', 'ISOYEAR', 'EPOCH'] as const).map(
    (unit): [string, TimeUnit] => [unit, unit],
  ),
]);

export interface IntervalQualifier {
  readonly from: TimeUnit;
  readonly to: TimeUnit | undefined;
  readonly precision: number | undefined;
  readonly fractionalPrecision: number | undefined;
}

export class TypeParser extends TokenStream {
  protected type(): TypeNode {
    const mark = this.pos;
    const type = this.logicalType();
    return { kind: 'type', type, span: this.spanFrom(mark) };
  }

  protected logicalType(): LogicalType {
    let type = this.nullability(this.baseType());
    for (;;) {
      const root = this.acceptOne('ARRAY', 'MULTISET');
      if (root === undefined) return type;
      type = this.nullability({ root, element: type, nullable: true });
    }
  }

  private nullability(type: LogicalType): LogicalType {
    if (this.acceptAll('NOT', 'NULL')) return withNullable(type, false);
    // NULL ON EMPTY behind RETURNING is no part of the type.
    if (this.peek().key !== 'ON') this.accept('NULL');
    return type;
  }

  private baseType(): LogicalType {
    const token = this.token;
    if (token.type !== 'word') {
      this.note('<TYPE>');
      this.fail();
    }
    const simple = SIMPLE[token.key];
    if (simple !== undefined) {
      this.advance();
      return simple;
    }
    if (!OTHERS.includes(token.key)) {
      const mark = this.pos;
      this.qualifiedName();
      const names = [...Object.keys(SIMPLE), ...OTHERS];
      const near = nearest(token.value, names);
      throw new ValidationError(`Unknown identifier '${token.value}'`, {
        span: this.spanFrom(mark),
        hint: near === undefined ? `Types are ${names.sort().join(', ')}` : `Did you mean ${near}?`,
      });
    }
    this.advance();
    return this.parameterized(token.key);
  }

  private parameterized(name: string): LogicalType {
    switch (name) {
      case 'CHAR':
      case 'CHARACTER':
        if (this.accept('VARYING'))
          return { root: 'VARCHAR', length: this.length(MAX_LENGTH), nullable: true };
        return { root: 'CHAR', length: this.length(1), nullable: true };
      case 'VARCHAR':
        return { root: 'VARCHAR', length: this.length(MAX_LENGTH), nullable: true };
      case 'BINARY':
        if (this.accept('VARYING'))
          return { root: 'VARBINARY', length: this.length(MAX_LENGTH), nullable: true };
        return { root: 'BINARY', length: this.length(1), nullable: true };
      case 'VARBINARY':
        return { root: 'VARBINARY', length: this.length(MAX_LENGTH), nullable: true };
      case 'DOUBLE':
        this.accept('PRECISION');
        return { root: 'DOUBLE', nullable: true };
      case 'TIME':
      case 'TIMESTAMP':
      case 'TIMESTAMP_LTZ':
        return this.timeType(name);
      case 'INTERVAL':
        return this.intervalType();
      case 'ARRAY':
      case 'MULTISET':
        return { root: name, element: this.angle(() => this.logicalType()), nullable: true };
      case 'MAP':
        return this.mapType();
      case 'ROW':
        return { root: 'ROW', fields: this.rowFields(), nullable: true };
      default:
        return this.decimalType();
    }
  }

  private length(byDefault: number): number {
    if (!this.accept('(')) return byDefault;
    const length = this.bounded('Length', 1, MAX_LENGTH);
    this.expect(')');
    return length;
  }

  private bounded(what: string, least: number, most: number): number {
    const span = this.spanOf(this.token);
    const value = this.integer();
    if (value < least || value > most) {
      throw new ValidationError(
        `${what} must be between ${least} and ${most} (both inclusive), but was ${value}.`,
        {
          span,
        },
      );
    }
    return value;
  }

  private decimalType(): LogicalType {
    let precision = 10;
    let scale = 0;
    if (this.accept('(')) {
      precision = this.bounded('Decimal precision', 1, 38);
      if (this.accept(',')) scale = this.bounded('Decimal scale', 0, precision);
      this.expect(')');
    }
    return { root: 'DECIMAL', precision, scale, nullable: true };
  }

  private timeType(name: 'TIME' | 'TIMESTAMP' | 'TIMESTAMP_LTZ'): LogicalType {
    let precision = name === 'TIME' ? 0 : 6;
    if (this.accept('(')) {
      precision = this.bounded(`${name} precision`, 0, 9);
      this.expect(')');
    }
    if (name === 'TIMESTAMP' && this.acceptAll('WITH', 'LOCAL', 'TIME', 'ZONE')) {
      return { root: 'TIMESTAMP_LTZ', precision, nullable: true };
    }
    if (name !== 'TIMESTAMP_LTZ') this.acceptAll('WITHOUT', 'TIME', 'ZONE');
    return { root: name, precision, nullable: true };
  }

  private intervalType(): LogicalType {
    const { from } = this.intervalQualifier();
    const months = from === 'YEAR' || from === 'MONTH' || from === 'QUARTER';
    return { root: months ? 'INTERVAL_YEAR_MONTH' : 'INTERVAL_DAY_TIME', nullable: true };
  }

  private mapType(): LogicalType {
    return this.angle(() => {
      const key = this.logicalType();
      this.expect(',');
      return { root: 'MAP', key, value: this.logicalType(), nullable: true };
    });
  }

  private angle<T>(rule: () => T): T {
    this.expect('<');
    const result = rule();
    this.expect('>');
    return result;
  }

  /** `ROW<a INT 'comment', b STRING>`, `ROW(a INT)`, `ROW<>`. */
  private rowFields(): RowField[] {
    if (this.accept('<>')) return [];
    const close = this.expectOne('<', '(') === '<' ? '>' : ')';
    if (this.accept(close)) return [];
    const fields = this.list((): RowField => {
      const name = this.name().value;
      const type = this.logicalType();
      return this.token.type === 'string' ? { name, type, comment: this.string().value } : { name, type };
    });
    this.expect(close);
    return fields;
  }

  /** The time unit that stands here, as a symbol; undefined when there is none. */
  protected acceptTimeUnit(): TimeUnit | undefined {
    const unit = this.token.type === 'word' ? UNITS.get(this.token.key) : undefined;
    if (unit === undefined) {
      for (const key of ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND']) this.note(key);
      return undefined;
    }
    this.advance();
    return unit;
  }

  protected timeUnit(): TimeUnit {
    return this.acceptTimeUnit() ?? this.fail();
  }

  /** `DAY(3) TO SECOND(6)` */
  protected intervalQualifier(): IntervalQualifier {
    const from = this.timeUnit();
    let precision: number | undefined;
    let fractionalPrecision: number | undefined;
    if (this.accept('(')) {
      precision = this.integer();
      if (from === 'SECOND' && this.accept(',')) fractionalPrecision = this.integer();
      this.expect(')');
    }
    if (!this.accept('TO')) return { from, to: undefined, precision, fractionalPrecision };
    const to = this.timeUnit();
    if (to === 'SECOND' && this.accept('(')) {
      fractionalPrecision = this.integer();
      this.expect(')');
    }
    return { from, to, precision, fractionalPrecision };
  }
}
