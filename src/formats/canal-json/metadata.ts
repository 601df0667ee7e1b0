// What a Canal message says besides the rows (CanalJsonDecodingFormat.ReadableMetadata).
import { BIGINT, INT, type LogicalType, STRING } from '../../types/logical-type.ts';
import type { Field } from '../../types/schema.ts';
import { TimestampData } from '../../types/values.ts';

export interface CanalMetadata {
  readonly type: LogicalType;
  /** The message's field that it comes from. */
  readonly field: Field;
  /** From the field's value, which may be null. */
  convert(value: unknown): unknown;
}

const LTZ_3: LogicalType = { root: 'TIMESTAMP_LTZ', precision: 3, nullable: true };
const SQL_TYPES: LogicalType = { root: 'MAP', key: STRING, value: INT, nullable: true };
const NAMES: LogicalType = { root: 'ARRAY', element: STRING, nullable: true };

function same(name: string, type: LogicalType): CanalMetadata {
  return { type, field: { name, type }, convert: (value) => value };
}

/** Milliseconds since 1970-01-01 UTC. */
function instant(name: string): CanalMetadata {
  return {
    type: LTZ_3,
    field: { name, type: BIGINT },
    convert: (millis) => (millis === null ? null : new TimestampData(Number(millis))),
  };
}

export const CANAL_METADATA: ReadonlyMap<string, CanalMetadata> = new Map<string, CanalMetadata>([
  ['database', same('database', STRING)],
  ['table', same('table', STRING)],
  ['sql-type', same('sqlType', SQL_TYPES)],
  ['pk-names', same('pkNames', NAMES)],
  ['ingestion-timestamp', instant('ts')],
  ['event-timestamp', instant('es')],
]);
