// A dimension table whose rows stand in its option `data` ('k=v;k=v', `~` is NULL); it prints every key that it is asked
// for. Twin of the probe connector that the recorded Flink results were made with.
import type { DynamicTableFactory } from '../../src/connector/factory.ts';
import type { LookupFunction, LookupTableSource } from '../../src/connector/lookup.ts';
import type { RuntimeContext } from '../../src/connector/runtime-context.ts';
import { option } from '../../src/options/config-option.ts';
import { readOptions } from '../../src/options/read-options.ts';
import type { Row } from '../../src/types/row.ts';

const CONNECTOR = option('connector').string();
const DATA = option('data').string();
const ASYNC = option('async').boolean().default(false);
const OPTIONS = { required: [CONNECTOR, DATA], optional: [ASYNC] };

export const labdimFactory: DynamicTableFactory = {
  identifier: 'labdim',
  options: OPTIONS,
  createSource(context): LookupTableSource {
    const values = readOptions('labdim', context.options, OPTIONS);
    const rows = parseRows(values.get(DATA));
    return {
      kind: 'lookup',
      resolveKeys: (keys) => keys,
      async: values.get(ASYNC),
      explain: [],
      warnings: [],
      createLookup: (keys, runtime) => new LabdimLookup(rows, keys, runtime),
    };
  },
};

function parseRows(data: string): Row[] {
  return data.split(';').map((pair) => pair.split('=').map((text) => (text === '~' ? null : text)));
}

class LabdimLookup implements LookupFunction {
  readonly #rows: readonly Row[];
  readonly #keys: readonly number[];
  readonly #context: RuntimeContext;

  constructor(rows: readonly Row[], keys: readonly number[], context: RuntimeContext) {
    this.#rows = rows;
    this.#keys = keys;
    this.#context = context;
  }

  async open(): Promise<void> {
    await this.#context.stdout(`LOOKUP-KEYS [${this.#keys.map((k) => `[${k}]`).join(', ')}]\n`);
  }

  async lookup(keys: readonly Row[]): Promise<readonly (readonly Row[])[]> {
    const found: Row[][] = [];
    for (const key of keys) {
      const more = key.length > 1 ? ` (+${key.length - 1} keys)` : '';
      await this.#context.stdout(`LOOKUP ${key[0]}${more}\n`);
      found.push(this.#rows.filter((row) => this.#keys.every((column, i) => row[column] === key[i])));
    }
    return found;
  }

  async close(): Promise<void> {}
}
