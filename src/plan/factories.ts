// From a table's options to its source or sink, with Flink's words around what goes wrong (FactoryUtil).
import type { DynamicTableFactory, FactoryContext } from '../connector/factory.ts';
import type { FormatFactory } from '../connector/format.ts';
import type { LookupTableSource } from '../connector/lookup.ts';
import type { DynamicTableSink } from '../connector/sink.ts';
import type { ScanTableSource } from '../connector/source.ts';
import { printOptions } from '../options/redact.ts';
import { DreyError, TableError, ValidationError } from '../types/errors.ts';
import { summaryString } from '../types/schema.ts';
import { didYouMean } from './bind/errors.ts';
import { physicalSchema } from './catalog/table.ts';
import type { SessionConfig } from './config.ts';
import type { TableUse } from './logical.ts';

/** Where connectors and formats come from. They are loaded when a query first uses them. */
export interface FactoryRegistry {
  connectorNames(): string[];
  loadConnector(identifier: string): Promise<DynamicTableFactory | undefined>;
  formatNames(): string[];
  loadFormat(identifier: string): Promise<FormatFactory | undefined>;
}

/** The factories that some tables need, loaded. */
export class LoadedFactories {
  readonly #connectors: ReadonlyMap<string, DynamicTableFactory>;
  readonly #connectorNames: readonly string[];
  readonly #formats: ReadonlyMap<string, FormatFactory>;
  readonly #config: SessionConfig;

  private constructor(
    connectors: ReadonlyMap<string, DynamicTableFactory>,
    connectorNames: readonly string[],
    formats: ReadonlyMap<string, FormatFactory>,
    config: SessionConfig,
  ) {
    this.#connectors = connectors;
    this.#connectorNames = connectorNames;
    this.#formats = formats;
    this.#config = config;
  }

  static async load(
    uses: readonly TableUse[],
    registry: FactoryRegistry,
    config: SessionConfig,
  ): Promise<LoadedFactories> {
    const connectors = await loadAll(
      uses.flatMap((u) => connectorOf(u) ?? []),
      (id) => registry.loadConnector(id),
    );
    const formats = await loadAll(uses.flatMap(formatsOf), (id) => registry.loadFormat(id));
    return new LoadedFactories(
      connectors,
      registry.connectorNames(),
      new FormatMap(formats, registry.formatNames()),
      config,
    );
  }

  /** @throws ValidationError, TableError */
  scanSource(use: TableUse): ScanTableSource {
    const source = this.#source(use, 'scan');
    if (source.kind === 'scan') return source;
    const { table } = use;
    throw new TableError(
      `Cannot generate a valid execution plan for the given query: table '${summaryString(table.identifier)}' cannot be read from front to back.\n\nThis exception indicates that the query uses an unsupported SQL feature.\nPlease check the documentation for the set of currently supported SQL features.`,
      { span: use.span, hint: 'Join it with FOR SYSTEM_TIME AS OF a processing time column of the stream.' },
    );
  }

  /** @throws ValidationError, TableError */
  lookupSource(use: TableUse): LookupTableSource {
    const source = this.#source(use, 'lookup');
    if (source.kind === 'lookup') return source;
    throw new TableError(
      `Table '${summaryString(use.table.identifier)}' cannot be looked up: connector '${connectorOf(use)}' can only be read from front to back.`,
      {
        span: use.span,
        hint: 'FOR SYSTEM_TIME AS OF takes a dimension table, such as one of connector redis.',
      },
    );
  }

  #source(use: TableUse, usage: 'scan' | 'lookup'): ScanTableSource | LookupTableSource {
    return around(use, 'source for reading', () => {
      const factory = this.#factory(use);
      if (factory.createSource === undefined) {
        throw new ValidationError(
          `Connector '${factory.identifier}' can only be used as a sink. It cannot be used as a source.`,
        );
      }
      return factory.createSource(this.#context(use), usage);
    });
  }

  /** @throws ValidationError */
  sink(use: TableUse): DynamicTableSink {
    return around(use, 'sink for writing', () => {
      const factory = this.#factory(use);
      if (factory.createSink === undefined) {
        throw new ValidationError(
          `Connector '${factory.identifier}' can only be used as a source. It cannot be used as a sink.`,
        );
      }
      return factory.createSink(this.#context(use));
    });
  }

  #factory(use: TableUse): DynamicTableFactory {
    const identifier = connectorOf(use);
    if (identifier === undefined) throw new NoConnectorError(use);
    const factory = this.#connectors.get(identifier);
    if (factory !== undefined) return factory;
    throw new ValidationError(`Cannot discover a connector using option: 'connector'='${identifier}'`, {
      cause: new ValidationError(
        `Could not find any factory for identifier '${identifier}' that implements 'org.apache.flink.table.factories.DynamicTableFactory' in the classpath.\n\nAvailable factory identifiers are:\n\n${[...this.#connectorNames].sort().join('\n')}`,
        didYouMean(identifier, this.#connectorNames),
      ),
    });
  }

  #context({ table, options }: TableUse): FactoryContext {
    return {
      table: table.identifier,
      schema: physicalSchema(table),
      options,
      config: (key) => this.#config.text(key),
      timeZone: this.#config.timeZone,
      formats: this.#formats,
    };
  }
}

class NoConnectorError extends ValidationError {
  constructor({ table, span }: TableUse) {
    super("Table options do not contain an option key 'connector' for discovering a connector.", {
      span,
      hint: `Give '${table.identifier.object}' a WITH ('connector' = '…') clause.`,
    });
  }
}

function around<T>(use: TableUse, what: string, create: () => T): T {
  try {
    return create();
  } catch (error) {
    if (!(error instanceof DreyError) || error instanceof NoConnectorError) throw error;
    throw new ValidationError(
      `Unable to create a ${what} table '${summaryString(use.table.identifier)}'.\n\nTable options are:\n\n${printOptions(use.options)}`,
      { cause: error, span: use.span },
    );
  }
}

/** Option keys are matched without regard to case. */
function connectorOf(use: TableUse): string | undefined {
  for (const [key, value] of use.options) if (key.toLowerCase() === 'connector') return value;
  return undefined;
}

function formatsOf(use: TableUse): string[] {
  return [...use.options].flatMap(([key, value]) => (/(?:^|\.)format$/i.test(key) ? [value] : []));
}

async function loadAll<T>(
  identifiers: readonly string[],
  load: (identifier: string) => Promise<T | undefined>,
): Promise<Map<string, T>> {
  const loaded = new Map<string, T>();
  for (const identifier of new Set(identifiers)) {
    const factory = await load(identifier);
    if (factory !== undefined) loaded.set(identifier, factory);
  }
  return loaded;
}

/** The loaded formats; `keys` names all there are, for messages. */
class FormatMap extends Map<string, FormatFactory> {
  readonly #names: readonly string[];
  constructor(loaded: ReadonlyMap<string, FormatFactory>, names: readonly string[]) {
    super(loaded);
    this.#names = [...names].sort();
  }
  override keys(): MapIterator<string> {
    return this.#names.values();
  }
}
