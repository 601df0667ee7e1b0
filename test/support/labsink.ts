// A sink that prints every change that reaches it; its option `changelog` says which changes it takes. Twin of the probe
// connector that the recorded Flink results were made with.
import type { DynamicTableFactory } from '../../src/connector/factory.ts';
import { option } from '../../src/options/config-option.ts';
import { readOptions } from '../../src/options/read-options.ts';
import { ChangelogMode } from '../../src/types/changelog-mode.ts';
import { kindAt, rowKindShort } from '../../src/types/row.ts';

const CONNECTOR = option('connector').string();
const CHANGELOG = option('changelog').enum(['requested', 'insert', 'upsert', 'all']).default('requested');
const OPTIONS = { required: [CONNECTOR], optional: [CHANGELOG] };

export const labsinkFactory: DynamicTableFactory = {
  identifier: 'labsink',
  options: OPTIONS,
  createSink(context) {
    const mode = readOptions('labsink', context.options, OPTIONS).get(CHANGELOG);
    return {
      kind: 'sink',
      changelogMode(requested) {
        switch (mode) {
          case 'requested':
            return requested;
          case 'insert':
            return ChangelogMode.insertOnly;
          case 'upsert':
            return ChangelogMode.upsert;
          case 'all':
            return ChangelogMode.all;
        }
      },
      writableMetadata: new Map(),
      explain: [],
      warnings: [],
      createWriter: (_target, runtime) => ({
        async open() {},
        async write(batch) {
          for (const [i, row] of batch.rows.entries()) {
            const kind = rowKindShort(kindAt(batch, i));
            await runtime.stdout(`SINK ${kind} ${kind}[${row.join(', ')}]\n`);
          }
        },
        async flush() {},
        async close() {},
      }),
    };
  },
};
