// A bounded source that gives out the changes in its option `data` ('+I,a,1;-U,a,1;+U,a,2', `~` is NULL); `changelog` says
// which changes it declares.
import type { DynamicTableFactory } from '../../src/connector/factory.ts';
import { projectedFields, type ScanTableSource, type SourceReader } from '../../src/connector/source.ts';
import { option } from '../../src/options/config-option.ts';
import { readOptions } from '../../src/options/read-options.ts';
import { ChangelogMode } from '../../src/types/changelog-mode.ts';
import { STRING } from '../../src/types/logical-type.ts';
import { RowKind } from '../../src/types/row.ts';
import { batchOf, type Change } from './memory-tables.ts';

const CONNECTOR = option('connector').string();
const DATA = option('data').string().default('');
const CHANGELOG = option('changelog').enum(['insert', 'upsert', 'all']).default('insert');
const OPTIONS = { required: [CONNECTOR], optional: [DATA, CHANGELOG] };

const MODES = {
  insert: ChangelogMode.insertOnly,
  upsert: new ChangelogMode([RowKind.UPDATE_AFTER, RowKind.DELETE]),
  all: ChangelogMode.all,
};
const KINDS: Readonly<Record<string, number>> = { '+I': 0, '-U': 1, '+U': 2, '-D': 3 };

/** What was asked of the last reader. */
export const labsourceAsked: { columns: readonly string[] } = { columns: [] };

export const labsourceFactory: DynamicTableFactory = {
  identifier: 'labsource',
  options: OPTIONS,
  createSource(context): ScanTableSource {
    const values = readOptions('labsource', context.options, OPTIONS);
    const changes = values
      .get(DATA)
      .split(';')
      .filter((c) => c !== '');
    return {
      kind: 'scan',
      changelogMode: MODES[values.get(CHANGELOG)],
      bounded: true,
      readableMetadata: new Map([['origin', STRING]]),
      createReader(projection) {
        labsourceAsked.columns = projectedFields(context.schema.fields, projection).map((f) => f.name);
        return reader(
          changes.map((text): Change => {
            const [kind, ...cells] = text.split(',');
            const row = cells.map((c) => (c === '~' ? null : c));
            return [
              KINDS[kind!]!,
              [...projection.physical.map((i) => row[i]), ...projection.metadata.map(() => 'lab')],
            ];
          }),
        );
      },
    };
  },
};

function reader(changes: readonly Change[]): SourceReader {
  let isRead = false;
  return {
    async open() {},
    poll() {
      if (isRead) return null;
      isRead = true;
      return batchOf(changes);
    },
    wakeUp() {},
    position: () => ({}),
    async commit() {},
    progress: () => ({}),
    async close() {},
  };
}
