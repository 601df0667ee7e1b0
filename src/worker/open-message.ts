// The table of a channel, as the JVM describes it in the OPEN frame.
import type { FactoryContext } from '../connector/factory.ts';
import { FORMATS_BY_IDENTIFIER } from '../formats/registry.ts';
import { isSensitive } from '../options/redact.ts';
import { ValidationError } from '../types/errors.ts';
import type { LogicalType } from '../types/logical-type.ts';
import { type CellType, cellTypeOf } from './cell-types.ts';
import { MAX_VERSION, MIN_VERSION } from './frames.ts';

export interface OpenMessage {
  readonly role: 'sink' | 'lookup';
  /** For the factory. */
  readonly context: FactoryContext;
  /** Of the table's physical columns in DDL order, then of the metadata columns. */
  readonly types: readonly CellType[];
  /** Lookup: indexes of the columns that a key consists of, in the order of its cells. */
  readonly keys: readonly number[];
  /** Sink: indexes of the columns that the INSERT names; null: all. */
  readonly targetColumns: readonly number[] | null;
  /** Sink: metadata columns that are written. */
  readonly metadata: readonly Metadata[];
  /** Values that must not appear in any message. */
  readonly secrets: readonly string[];
}

interface Metadata {
  readonly key: string;
  readonly type: LogicalType;
}

/** What stands in the frame behind the u32 version. */
interface OpenJson {
  readonly role: 'sink' | 'lookup';
  readonly table: readonly [catalog: string, database: string, object: string];
  readonly columns: readonly { readonly name: string; readonly type: LogicalType }[];
  readonly primaryKey: readonly number[];
  readonly options: Readonly<Record<string, string>>;
  readonly keys?: readonly number[];
  readonly targetColumns?: readonly number[] | null;
  readonly metadata?: readonly Metadata[];
  readonly timeZone: string;
}

/** @throws ValidationError when the JVM speaks another version */
export function readOpenMessage(body: Buffer): OpenMessage {
  const version = body.readUInt32LE(0);
  if (version < MIN_VERSION || version > MAX_VERSION) {
    throw new ValidationError(
      `The jar speaks version ${version} of the frame protocol, the worker ${MIN_VERSION} to ${MAX_VERSION}: they are not of the same release.`,
    );
  }
  const json = JSON.parse(body.toString('utf8', 4)) as OpenJson;
  const [catalog, database, object] = json.table;
  const metadata = json.metadata ?? [];
  const options = new Map(Object.entries(json.options));
  return {
    role: json.role,
    context: {
      table: { catalog, database, object },
      schema: { fields: json.columns, primaryKey: json.primaryKey },
      options,
      config: () => undefined,
      timeZone: json.timeZone,
      formats: FORMATS_BY_IDENTIFIER,
    },
    types: [
      ...json.columns.map((c) => cellTypeOf(c.name, c.type)),
      ...metadata.map((m) => cellTypeOf(m.key, m.type)),
    ],
    metadata,
    keys: json.keys ?? [],
    targetColumns: json.targetColumns ?? null,
    secrets: [...options]
      .filter(([key, value]) => isSensitive(key) && value !== '')
      .map(([, value]) => value),
  };
}
