// The table of a channel, as the JVM describes it in the OPEN frame.
import type { FactoryContext } from '../connector/factory.ts';
import { isSensitive } from '../options/redact.ts';
import { ValidationError } from '../types/errors.ts';
import { DOUBLE, STRING } from '../types/logical-type.ts';
import { MAX_VERSION, MIN_VERSION } from './frames.ts';
import type { CellType } from './row-codec.ts';

export interface OpenMessage {
  readonly role: 'sink' | 'lookup';
  /** For the factory. */
  readonly context: FactoryContext;
  /** Of the table's columns, in DDL order. */
  readonly types: readonly CellType[];
  /** Lookup: indexes of the columns that a key consists of, in the order of its cells. */
  readonly keys: readonly number[];
  /** Sink: indexes of the columns that the INSERT names; null: all. */
  readonly targetColumns: readonly number[] | null;
  /** Values that must not appear in any message. */
  readonly secrets: readonly string[];
}

/** What stands in the frame behind the u32 version. */
interface OpenJson {
  readonly role: 'sink' | 'lookup';
  readonly table: readonly [catalog: string, database: string, object: string];
  readonly columns: readonly { readonly name: string; readonly type: CellType }[];
  readonly primaryKey: readonly number[];
  readonly options: Readonly<Record<string, string>>;
  readonly keys?: readonly number[];
  readonly targetColumns?: readonly number[] | null;
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
  const fields = json.columns.map(({ name, type }) => ({ name, type: type === 'DOUBLE' ? DOUBLE : STRING }));
  const options = new Map(Object.entries(json.options));
  return {
    role: json.role,
    context: {
      table: { catalog, database, object },
      schema: { fields, primaryKey: json.primaryKey },
      options,
      config: () => undefined,
      timeZone: json.timeZone,
      formats: new Map(),
    },
    types: json.columns.map((c) => c.type),
    keys: json.keys ?? [],
    targetColumns: json.targetColumns ?? null,
    secrets: [...options]
      .filter(([key, value]) => isSensitive(key) && value !== '')
      .map(([, value]) => value),
  };
}
