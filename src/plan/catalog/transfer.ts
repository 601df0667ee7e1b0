// A catalog for another thread: data only. Bound expressions hold functions, which do not go there; they are bound again.
import type { FunctionCatalog } from '../functions/catalog.ts';
import { literal } from '../rex-util.ts';
import { type CatalogData, CatalogManager } from './catalog.ts';
import { boundAgain } from './create-table.ts';
import type { CatalogObject, TableColumn } from './table.ts';

/** What a structured clone can copy. */
export function packCatalog(catalog: CatalogManager): CatalogData {
  return CatalogManager.of(catalog.data(), withoutBound).data();
}

export function unpackCatalog(data: CatalogData, functions: FunctionCatalog): CatalogManager {
  return CatalogManager.of(data, (object) =>
    object.kind === 'table' ? boundAgain(object, functions) : object,
  );
}

function withoutBound(object: CatalogObject): CatalogObject {
  if (object.kind === 'view') return object;
  return {
    ...object,
    columns: object.columns.map(
      (column): TableColumn =>
        column.kind === 'computed' ? { ...column, rex: literal(null, column.type) } : column,
    ),
    watermarks: object.watermarks.map((watermark) => ({
      ...watermark,
      rex: literal(null, watermark.rex.type),
    })),
  };
}
