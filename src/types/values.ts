// How a SQL value looks inside a Row. Every part of Drey (formats, expressions, connectors, printers) keeps to this table.
//
//   CHAR, VARCHAR, STRING         string
//   BOOLEAN                       boolean
//   TINYINT, SMALLINT, INT        number
//   BIGINT                        bigint
//   FLOAT, DOUBLE                 number (FLOAT rounded with Math.fround)
//   DECIMAL(p, s)                 Big (big.js), already rounded to scale s
//   DATE                          number, days since 1970-01-01
//   TIME                          number, milliseconds of the day
//   TIMESTAMP, TIMESTAMP_LTZ      TimestampData
//   BINARY, VARBINARY, BYTES      Uint8Array (often a Buffer)
//   INTERVAL YEAR TO MONTH        number, months
//   INTERVAL DAY TO SECOND        number, milliseconds
//   ARRAY                         readonly unknown[]
//   MULTISET                      Map from value to number
//   MAP                           Map; keys of the table above (object keys compare by identity)
//   ROW                           readonly unknown[]
//   NULL                          null

/**
 * A point in time with nanoseconds (org.apache.flink.table.data.TimestampData).
 * TIMESTAMP: the wall clock read as if it were UTC. TIMESTAMP_LTZ: the instant.
 */
export class TimestampData {
  /** Milliseconds since 1970-01-01T00:00:00, may be negative. */
  readonly millisecond: number;
  /** 0..999_999 */
  readonly nanoOfMillisecond: number;

  constructor(millisecond: number, nanoOfMillisecond = 0) {
    this.millisecond = millisecond;
    this.nanoOfMillisecond = nanoOfMillisecond;
  }

  equals(other: TimestampData): boolean {
    return this.millisecond === other.millisecond && this.nanoOfMillisecond === other.nanoOfMillisecond;
  }

  compareTo(other: TimestampData): number {
    return this.millisecond - other.millisecond || this.nanoOfMillisecond - other.nanoOfMillisecond;
  }
}
