// Catalogs, databases, tables and views (org.apache.flink.table.catalog.CatalogManager). Everything lives in memory.
import { nearest } from '../../options/nearest.ts';
import type { QualifiedName } from '../../sql/ast.ts';
import { TableError, ValidationError } from '../../types/errors.ts';
import { type ObjectIdentifier, summaryString } from '../../types/schema.ts';
import type { CatalogObject, ResolvedTable } from './table.ts';

export const DEFAULT_CATALOG = 'default_catalog';
export const DEFAULT_DATABASE = 'default_database';

interface Database {
  readonly comment: string | null;
  readonly objects: Map<string, CatalogObject>;
}

/** Everything a catalog manager knows. */
export interface CatalogData {
  readonly catalogs: ReadonlyMap<string, ReadonlyMap<string, Database>>;
  readonly temporary: ReadonlyMap<string, CatalogObject>;
  readonly catalog: string;
  readonly database: string;
}

/** `` `default_catalog`.`default_database`.`t` `` */
export function serializableString(id: ObjectIdentifier): string {
  return [id.catalog, id.database, id.object].map((p) => `\`${p.replaceAll('`', '``')}\``).join('.');
}

export class CatalogManager {
  readonly #catalogs = new Map<string, Map<string, Database>>();
  readonly #temporary = new Map<string, CatalogObject>();
  #catalog = DEFAULT_CATALOG;
  #database = DEFAULT_DATABASE;

  constructor() {
    this.createCatalog(DEFAULT_CATALOG, false);
  }

  /** @param change made of each table and view */
  static of(data: CatalogData, change: (object: CatalogObject) => CatalogObject): CatalogManager {
    const copy = new CatalogManager();
    copy.#catalogs.clear();
    for (const [name, databases] of data.catalogs) {
      const copied = [...databases].map(([n, d]): [string, Database] => [
        n,
        { ...d, objects: new Map([...d.objects].map(([key, object]) => [key, change(object)])) },
      ]);
      copy.#catalogs.set(name, new Map(copied));
    }
    for (const [key, object] of data.temporary) copy.#temporary.set(key, change(object));
    copy.#catalog = data.catalog;
    copy.#database = data.database;
    return copy;
  }

  /** A copy that can be changed without changing this one. */
  clone(): CatalogManager {
    return CatalogManager.of(this.data(), (object) => object);
  }

  data(): CatalogData {
    return {
      catalogs: this.#catalogs,
      temporary: this.#temporary,
      catalog: this.#catalog,
      database: this.#database,
    };
  }

  get currentCatalog(): string {
    return this.#catalog;
  }
  get currentDatabase(): string {
    return this.#database;
  }
  catalogs(): string[] {
    return [...this.#catalogs.keys()].sort();
  }
  databases(catalog: string = this.#catalog): string[] {
    return [...this.#catalogOf(catalog).keys()].sort();
  }

  createCatalog(name: string, ifNotExists: boolean): void {
    if (this.#catalogs.has(name)) {
      if (ifNotExists) return;
      throw new ValidationError(`Catalog ${name} already exists.`);
    }
    const database = { comment: null, objects: new Map<string, CatalogObject>() };
    this.#catalogs.set(name, new Map([[DEFAULT_DATABASE, database]]));
  }

  dropCatalog(name: string, ifExists: boolean): void {
    if (name === this.#catalog) throw new ValidationError('Cannot drop a catalog which is currently in use.');
    if (!this.#catalogs.delete(name) && !ifExists) {
      throw new ValidationError(`Catalog ${name} does not exist.`);
    }
  }

  createDatabase(path: readonly string[], comment: string | null, ifNotExists: boolean): void {
    const [catalog, name] = this.databasePath(path);
    const databases = this.#catalogOf(catalog);
    if (databases.has(name)) {
      if (ifNotExists) return;
      throw new ValidationError(`Database ${name} already exists in Catalog ${catalog}.`);
    }
    databases.set(name, { comment, objects: new Map() });
  }

  dropDatabase(path: readonly string[], ifExists: boolean, cascade: boolean): void {
    const [catalog, name] = this.databasePath(path);
    const database = this.#catalogOf(catalog).get(name);
    if (database === undefined) {
      if (ifExists) return;
      throw new ValidationError(`Database ${name} does not exist in Catalog ${catalog}.`);
    }
    if (catalog === this.#catalog && name === this.#database) {
      throw new ValidationError('Cannot drop a database which is currently in use.');
    }
    if (database.objects.size > 0 && !cascade) {
      throw new ValidationError(`Database ${name} in Catalog ${catalog} is not empty.`);
    }
    this.#catalogOf(catalog).delete(name);
  }

  useCatalog(name: string): void {
    this.#catalogOf(name);
    this.#catalog = name;
    this.#database = DEFAULT_DATABASE;
  }

  useDatabase(path: readonly string[]): void {
    const [catalog, name] = this.databasePath(path);
    this.#databaseOf(catalog, name);
    this.#catalog = catalog;
    this.#database = name;
  }

  /** `db` or `cat.db`, completed with the current catalog. */
  databasePath(path: readonly string[]): [catalog: string, database: string] {
    return path.length > 1 ? [path[0]!, path[1]!] : [this.#catalog, path[0]!];
  }

  /** `t`, `db.t` or `cat.db.t`, completed with what is in use. */
  qualify(path: readonly string[]): ObjectIdentifier {
    const [object, database, catalog] = [...path].reverse();
    return {
      catalog: catalog ?? this.#catalog,
      database: database ?? this.#database,
      object: object ?? '',
    };
  }

  qualifyName(name: QualifiedName): ObjectIdentifier {
    if (name.parts.length > 3) {
      throw new ValidationError(`Invalid table name '${name.parts.map((p) => p.value).join('.')}'.`, {
        span: name.span,
      });
    }
    return this.qualify(name.parts.map((p) => p.value));
  }

  /** The temporary object of that name, else the permanent one. */
  get(id: ObjectIdentifier): CatalogObject | undefined {
    return this.#temporary.get(keyOf(id)) ?? this.#permanent(id);
  }

  #permanent(id: ObjectIdentifier): CatalogObject | undefined {
    return this.#catalogs.get(id.catalog)?.get(id.database)?.objects.get(id.object);
  }

  /** @returns whether it was created: false for IF NOT EXISTS of one that is there */
  create(object: CatalogObject, ifNotExists: boolean, replace = false): boolean {
    const id = object.identifier;
    const place = object.temporary ? this.#temporary : this.#databaseOf(id.catalog, id.database).objects;
    const key = object.temporary ? keyOf(id) : id.object;
    if (place.has(key) && !replace) {
      if (ifNotExists) return false;
      throw alreadyExists(object);
    }
    if (object.temporary) this.#databaseOf(id.catalog, id.database);
    place.set(key, object);
    return true;
  }

  drop(id: ObjectIdentifier, what: 'TABLE' | 'VIEW', temporary: boolean, ifExists: boolean): void {
    const kind = what === 'TABLE' ? 'table' : 'view';
    const held = this.#temporary.get(keyOf(id));
    if (temporary) {
      if (held?.kind === kind) this.#temporary.delete(keyOf(id));
      else if (!ifExists) {
        throw this.#missing(
          `Temporary table or view with identifier '${summaryString(id)}' does not exist.`,
          id,
        );
      }
      return;
    }
    if (held?.kind === kind) {
      throw new ValidationError(
        `Temporary ${kind} with identifier '${serializableString(id)}' exists. Drop it first before removing the permanent ${kind}.`,
        { hint: `DROP TEMPORARY ${what} drops it.` },
      );
    }
    if (this.#permanent(id)?.kind === kind) {
      this.#databaseOf(id.catalog, id.database).objects.delete(id.object);
    } else if (!ifExists) {
      const title = what === 'TABLE' ? 'Table' : 'View';
      throw this.#missing(`${title} with identifier '${summaryString(id)}' does not exist.`, id);
    }
  }

  #missing(message: string, id: ObjectIdentifier): ValidationError {
    const guess = nearest(id.object, this.namesNear(id));
    return new ValidationError(message, guess === undefined ? {} : { hint: `Did you mean '${guess}'?` });
  }

  /** A permanent table that is changed. */
  replacePermanent(id: ObjectIdentifier, change: (table: ResolvedTable) => ResolvedTable): void {
    const table = this.#temporary.has(keyOf(id)) ? undefined : this.#permanent(id);
    if (table?.kind !== 'table') {
      throw new ValidationError(`Table ${serializableString(id)} doesn't exist or is a temporary table.`);
    }
    const changed = change(table);
    const { objects } = this.#databaseOf(id.catalog, id.database);
    objects.delete(id.object);
    this.#databaseOf(changed.identifier.catalog, changed.identifier.database).objects.set(
      changed.identifier.object,
      changed,
    );
  }

  /** Names of tables and views in a database, temporary ones included, sorted. */
  list(catalog = this.#catalog, database = this.#database, kind?: 'table' | 'view'): string[] {
    const names = new Set<string>();
    for (const [name, object] of this.#databaseOf(catalog, database).objects) {
      if (kind === undefined || object.kind === kind) names.add(name);
    }
    for (const { identifier: id, kind: k } of this.#temporary.values()) {
      if (id.catalog === catalog && id.database === database && (kind === undefined || k === kind)) {
        names.add(id.object);
      }
    }
    return [...names].sort();
  }

  /** Candidates for a suggestion: the names in the database of `id`, none when it does not exist. */
  namesNear(id: ObjectIdentifier): string[] {
    return this.#catalogs.get(id.catalog)?.has(id.database) ? this.list(id.catalog, id.database) : [];
  }

  #catalogOf(name: string): Map<string, Database> {
    const catalog = this.#catalogs.get(name);
    if (catalog === undefined) throw new TableError(`A catalog with name [${name}] does not exist.`);
    return catalog;
  }

  #databaseOf(catalog: string, name: string): Database {
    const database = this.#catalogOf(catalog).get(name);
    if (database === undefined) {
      throw new TableError(`A database with name [${name}] does not exist in the catalog: [${catalog}].`);
    }
    return database;
  }
}

function keyOf(id: ObjectIdentifier): string {
  return serializableString(id);
}

function alreadyExists(object: CatalogObject): ValidationError {
  const { identifier: id, kind, temporary } = object;
  if (temporary) {
    return new ValidationError(`Temporary ${kind} '${serializableString(id)}' already exists`);
  }
  return new ValidationError(
    `Could not execute Create${kind === 'table' ? 'Table' : 'View'} in path ${serializableString(id)}`,
    {
      cause: new ValidationError(
        `Table (or view) ${id.database}.${id.object} already exists in Catalog ${id.catalog}.`,
      ),
    },
  );
}
