// Statements that change or show the catalog and the session: nothing is connected, nothing runs.

import { redact } from '../options/redact.ts';
import { AGGREGATES } from '../plan/aggregates/built-in.ts';
import { didYouMean, placed } from '../plan/bind/errors.ts';
import { resolveView } from '../plan/bind/view.ts';
import type { CatalogManager } from '../plan/catalog/catalog.ts';
import { optionMap, resolveTable } from '../plan/catalog/create-table.ts';
import { showCreateTable, showCreateView } from '../plan/catalog/show-create.ts';
import type { CatalogObject, ResolvedTable } from '../plan/catalog/table.ts';
import type { SessionConfig } from '../plan/config.ts';
import { type FunctionCatalog, functionNames } from '../plan/functions/catalog.ts';
import type { AlterTable, Drop, QualifiedName, Show, ShowCreate, Statement } from '../sql/ast.ts';
import { ValidationError } from '../types/errors.ts';
import { summaryString } from '../types/schema.ts';
import type { JobList } from './job-list.ts';
import {
  describe,
  names,
  showCatalog,
  showJobs,
  table,
  text,
  textColumn,
  unsupportedStatement,
} from './listings.ts';
import type { ExecutionResult } from './result.ts';

export interface DdlContext {
  readonly catalog: CatalogManager;
  readonly functions: FunctionCatalog;
  readonly config: SessionConfig;
  readonly jobs: JobList;
}

const OK: ExecutionResult = { kind: 'ok' };

/** @returns undefined for statements that start a job, or explain one */
export function executeDdl(statement: Statement, context: DdlContext): ExecutionResult | undefined {
  const { catalog, functions, config } = context;
  switch (statement.kind) {
    case 'createTable':
      if (statement.query !== undefined) {
        throw unsupportedStatement('CREATE TABLE … AS', 'Create the table, then INSERT INTO it.');
      }
      return placed(statement.name.span, () => {
        const exists =
          statement.ifNotExists && catalog.get(catalog.qualifyName(statement.name)) !== undefined;
        if (!exists) catalog.create(resolveTable(statement, catalog, functions), statement.ifNotExists);
        return OK;
      });
    case 'createView':
      return placed(statement.name.span, () => {
        const view = resolveView(statement, { catalog, functions });
        catalog.create(view, statement.ifNotExists, statement.orReplace);
        return OK;
      });
    case 'createDatabase':
      catalog.createDatabase(path(statement.name), statement.comment ?? null, statement.ifNotExists);
      return OK;
    case 'createCatalog':
      return createCatalog(statement, catalog);
    case 'createFunction':
      throw unsupportedStatement('CREATE FUNCTION', 'Register functions with the Node API.');
    case 'drop':
      return placed(statement.name.span, () => drop(statement, catalog));
    case 'alterTable':
      return placed(statement.name.span, () => alter(statement, catalog));
    case 'useCatalog':
      return placed(statement.name.span, () => {
        catalog.useCatalog(statement.name.value);
        return OK;
      });
    case 'useDatabase':
      return placed(statement.name.span, () => {
        catalog.useDatabase(path(statement.name));
        return OK;
      });
    case 'set':
      return set(statement, config);
    case 'reset':
      config.reset(statement.key);
      return OK;
    case 'show':
      return show(statement, context);
    case 'showCreate':
      return showCreate(statement, catalog);
    case 'describe':
      return describe(find(statement.name, catalog));
    case 'describeJob':
      return showJobs([context.jobs.get(statement.jobId)]);
    case 'quit':
      return OK;
    default:
      return undefined;
  }
}

function path(name: QualifiedName): string[] {
  return name.parts.map((p) => p.value);
}

function createCatalog(
  statement: Extract<Statement, { kind: 'createCatalog' }>,
  catalog: CatalogManager,
): ExecutionResult {
  const type = optionMap(statement.options).get('type') ?? 'generic_in_memory';
  if (type !== 'generic_in_memory') {
    throw new ValidationError(
      `Could not find any factory for identifier '${type}' that implements 'org.apache.flink.table.factories.CatalogFactory' in the classpath.\n\nAvailable factory identifiers are:\n\ngeneric_in_memory`,
      { span: statement.name.span },
    );
  }
  catalog.createCatalog(statement.name.value, statement.ifNotExists);
  return OK;
}

function drop(statement: Drop, catalog: CatalogManager): ExecutionResult {
  const { object, name, ifExists, temporary, cascade } = statement;
  switch (object) {
    case 'TABLE':
    case 'VIEW':
      catalog.drop(catalog.qualifyName(name), object, temporary, ifExists);
      return OK;
    case 'DATABASE':
      catalog.dropDatabase(path(name), ifExists, cascade);
      return OK;
    case 'CATALOG':
      catalog.dropCatalog(name.parts[0]!.value, ifExists);
      return OK;
    case 'FUNCTION':
      throw unsupportedStatement('DROP FUNCTION');
  }
}

function alter({ name, ifExists, action }: AlterTable, catalog: CatalogManager): ExecutionResult {
  const id = catalog.qualifyName(name);
  if (ifExists && catalog.get(id) === undefined) return OK;
  catalog.replacePermanent(id, (held): ResolvedTable => {
    switch (action.kind) {
      case 'set':
        return { ...held, options: new Map([...held.options, ...optionMap(action.options)]) };
      case 'reset':
        return { ...held, options: new Map([...held.options].filter(([k]) => !action.keys.includes(k))) };
      case 'rename':
        return { ...held, identifier: catalog.qualifyName(action.to) };
    }
  });
  return OK;
}

function set(statement: Extract<Statement, { kind: 'set' }>, config: SessionConfig): ExecutionResult {
  const { option } = statement;
  if (option === undefined) {
    return table(
      [textColumn('key'), textColumn('value')],
      config.entries().map(([k, v]) => [k, redact(k, v)]),
    );
  }
  return placed(option.valueSpan, () => {
    config.set(option.key, option.value);
    return OK;
  });
}

function show(statement: Show, { catalog, functions, jobs }: DdlContext): ExecutionResult {
  const known = placed(statement.from?.span ?? statement.span, () => showCatalog(statement, catalog));
  if (known !== undefined) return known;
  switch (statement.what) {
    case 'JOBS':
      return showJobs(jobs.all());
    case 'COLUMNS':
      return describe(find(statement.from!, catalog), statement.like);
    case 'USER FUNCTIONS':
      return names('function name', userFunctions(functions), statement.like);
    default:
      return names('function name', [...functions.names(), ...AGGREGATES.keys()].sort(), statement.like);
  }
}

function showCreate({ object, name }: ShowCreate, catalog: CatalogManager): ExecutionResult {
  if (object === 'CATALOG') {
    const quoted = `\`${name.parts[0]!.value}\``;
    return text(`CREATE CATALOG ${quoted}\nWITH (\n  'type' = 'generic_in_memory'\n)\n`);
  }
  const found = find(name, catalog);
  const id = summaryString(found.identifier);
  if (object === 'TABLE' && found.kind === 'view') {
    throw new ValidationError(
      `SHOW CREATE TABLE is only supported for tables, but ${id} is a view. Please use SHOW CREATE VIEW instead.`,
      {
        span: name.span,
      },
    );
  }
  if (object === 'VIEW' && found.kind === 'table') {
    throw new ValidationError(
      `SHOW CREATE VIEW is only supported for views, but ${id} is a table. Please use SHOW CREATE TABLE instead.`,
      {
        span: name.span,
      },
    );
  }
  return text(found.kind === 'table' ? showCreateTable(found) : showCreateView(found));
}

function find(name: QualifiedName, catalog: CatalogManager): CatalogObject {
  const id = catalog.qualifyName(name);
  const object = catalog.get(id);
  if (object !== undefined) return object;
  throw new ValidationError(`Tables or views with the identifier '${summaryString(id)}' doesn't exist.`, {
    span: name.span,
    ...didYouMean(id.object, catalog.namesNear(id)),
  });
}

function userFunctions(functions: FunctionCatalog): string[] {
  const builtIn = new Set(functionNames());
  return functions.names().filter((n) => !builtIn.has(n));
}
