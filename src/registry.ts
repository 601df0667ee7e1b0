// The built-in connectors and formats, loaded when a query first uses them, beside those that a user brings.
import type { DynamicTableFactory } from './connector/factory.ts';
import type { FormatFactory } from './connector/format.ts';
import type { FactoryRegistry } from './plan/factories.ts';

type Load<T> = () => Promise<T>;

const CONNECTORS: Readonly<Record<string, Load<DynamicTableFactory>>> = {
  blackhole: async () => (await import('./connectors/blackhole/factory.ts')).blackholeFactory,
  datagen: async () => (await import('./connectors/datagen/factory.ts')).datagenFactory,
  filesystem: async () => (await import('./connectors/filesystem/factory.ts')).filesystemFactory,
  kafka: async () => (await import('./connectors/kafka/factory.ts')).kafkaFactory,
  print: async () => (await import('./connectors/print/factory.ts')).printFactory,
  redis: async () => (await import('./connectors/redis/factory.ts')).redisFactory,
  'upsert-kafka': async () => (await import('./connectors/upsert-kafka/factory.ts')).upsertKafkaFactory,
};

const FORMATS: Readonly<Record<string, Load<FormatFactory>>> = {
  'canal-json': async () => (await import('./formats/canal-json/format.ts')).canalJsonFormat,
  csv: async () => (await import('./formats/csv/format.ts')).csvFormat,
  'debezium-json': async () => (await import('./formats/debezium-json/format.ts')).debeziumJsonFormat,
  json: async () => (await import('./formats/json/format.ts')).jsonFormat,
  raw: async () => (await import('./formats/raw/format.ts')).rawFormat,
};

export class Registry implements FactoryRegistry {
  readonly #connectors: Map<string, Load<DynamicTableFactory>>;
  readonly #formats: Map<string, Load<FormatFactory>>;

  /** Own factories replace built-in ones of the same identifier. */
  constructor(connectors: Iterable<DynamicTableFactory> = [], formats: Iterable<FormatFactory> = []) {
    this.#connectors = new Map(Object.entries(CONNECTORS));
    this.#formats = new Map(Object.entries(FORMATS));
    for (const factory of connectors) this.#connectors.set(factory.identifier, async () => factory);
    for (const factory of formats) this.#formats.set(factory.identifier, async () => factory);
  }

  connectorNames(): string[] {
    return [...this.#connectors.keys()].sort();
  }
  formatNames(): string[] {
    return [...this.#formats.keys()].sort();
  }
  async loadConnector(identifier: string): Promise<DynamicTableFactory | undefined> {
    return this.#connectors.get(identifier)?.();
  }
  async loadFormat(identifier: string): Promise<FormatFactory | undefined> {
    return this.#formats.get(identifier)?.();
  }
}
