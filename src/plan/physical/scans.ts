// Scans of one job: a table that several parts of it read is read once, with the columns that any of them needs.
import type { ScanProjection, ScanTableSource } from '../../connector/source.ts';
import { TableError, ValidationError } from '../../types/errors.ts';
import { typeToString } from '../../types/logical-type.ts';
import { RowKind } from '../../types/row.ts';
import { summaryString } from '../../types/schema.ts';
import { didYouMean } from '../bind/errors.ts';
import { metadataColumns, physicalColumns, physicalSchema, plainType } from '../catalog/table.ts';
import type { LoadedFactories } from '../factories.ts';
import { type Rel, relInputs, type ScanRel, type TableUse } from '../logical.ts';
import { isAssignable } from '../types/assignable.ts';
import type { ScanTraits } from './traits.ts';

export interface SharedScan {
  readonly source: ScanTableSource;
  /** Columns that are read, ascending: what any user of the table needs. */
  readonly columns: readonly number[];
}

export class JobScans implements ScanTraits {
  readonly #factories: LoadedFactories;
  readonly #duplicates: boolean;
  readonly #shared = new Map<string, { source: ScanTableSource; columns: Set<number> }>();

  /** @param duplicates `table.exec.source.cdc-events-duplicate` */
  constructor(roots: readonly Rel[], factories: LoadedFactories, duplicates: boolean) {
    this.#factories = factories;
    this.#duplicates = duplicates;
    for (const root of roots) this.#collect(root, new Set());
  }

  #collect(rel: Rel, seen: Set<Rel>): void {
    if (seen.has(rel)) return;
    seen.add(rel);
    if (rel.kind === 'scan') this.#add(rel);
    for (const input of relInputs(rel)) this.#collect(input, seen);
  }

  #add(scan: ScanRel): void {
    const key = keyOf(scan.use);
    let shared = this.#shared.get(key);
    if (shared === undefined) {
      shared = { source: this.#factories.scanSource(scan.use), columns: new Set() };
      this.#shared.set(key, shared);
      checkMetadata(scan.use, shared.source);
    }
    for (const column of scan.columns) shared.columns.add(column);
    if (this.isNormalized(scan)) {
      for (const column of requiredKey(scan.use, this.#duplicates)) shared.columns.add(column);
    }
  }

  key(scan: ScanRel): string {
    return keyOf(scan.use);
  }

  shared(scan: ScanRel): SharedScan {
    const { source, columns } = this.#shared.get(keyOf(scan.use))!;
    return { source, columns: [...columns].sort((a, b) => a - b) };
  }

  source(scan: ScanRel): ScanTableSource {
    return this.#shared.get(keyOf(scan.use))!.source;
  }

  isNormalized(scan: ScanRel): boolean {
    const mode = this.source(scan).changelogMode;
    const isUpsert = mode.contains(RowKind.UPDATE_AFTER) && !mode.contains(RowKind.UPDATE_BEFORE);
    return isUpsert || (this.#duplicates && !mode.containsOnly(RowKind.INSERT));
  }
}

/** The same table with the same options. */
function keyOf({ table, options }: TableUse): string {
  return JSON.stringify([summaryString(table.identifier), [...options].sort()]);
}

function requiredKey({ table, span }: TableUse, duplicates: boolean): readonly number[] {
  const { primaryKey } = physicalSchema(table);
  if (primaryKey.length > 0) return primaryKey;
  const name = summaryString(table.identifier);
  throw new TableError(
    duplicates
      ? `Configuration 'table.exec.source.cdc-events-duplicate' is enabled which requires the changelog sources to define a PRIMARY KEY. However, table '${name}' doesn't have a primary key.`
      : `Table '${name}' produces a changelog stream contains UPDATE_AFTER, no UPDATE_BEFORE. This requires to define primary key constraint on the table.`,
    { span },
  );
}

function checkMetadata(use: TableUse, source: ScanTableSource): void {
  for (const column of metadataColumns(use.table)) {
    const key = column.key ?? column.name;
    const actual = source.readableMetadata.get(key);
    const name = summaryString(use.table.identifier);
    if (actual === undefined) {
      const known = [...source.readableMetadata.keys()];
      throw new ValidationError(
        `Invalid metadata key '${key}' in column '${column.name}' of table '${name}'. The DynamicTableSource supports the following metadata keys for reading:\n${known.join('\n')}`,
        { span: use.span, ...didYouMean(key, known) },
      );
    }
    if (!isAssignable(actual, plainType(column.type))) {
      throw new ValidationError(
        `Invalid data type for metadata column '${column.name}' of table '${name}'. The column cannot be declared as '${typeToString(column.type)}' because the type must be castable from metadata type '${typeToString(actual)}'.`,
        { span: use.span },
      );
    }
  }
}

/** Places in physical ++ metadata columns to what the connector is asked for. */
export function projectionOf(use: TableUse, columns: readonly number[]): ScanProjection {
  const physical = physicalColumns(use.table).length;
  const metadata = metadataColumns(use.table);
  return {
    physical: columns.filter((c) => c < physical),
    metadata: columns
      .filter((c) => c >= physical)
      .map((c) => {
        const column = metadata[c - physical]!;
        return { key: column.key ?? column.name, type: plainType(column.type) };
      }),
  };
}
