// Takes everything and keeps nothing (org.apache.flink.connector.blackhole.table.BlackHoleTableSinkFactory).
import type { DynamicTableSink, SinkWriter } from '../../connector/sink.ts';
import { ChangelogMode } from '../../types/changelog-mode.ts';
import { RowKind } from '../../types/row.ts';

export const blackholeSink: DynamicTableSink = {
  kind: 'sink',
  writableMetadata: new Map(),
  explain: [],
  warnings: [],
  /** Whatever the query sends; an update needs no -U here. */
  changelogMode(requested) {
    const kinds = [...requested.kinds].filter((kind) => kind !== RowKind.UPDATE_BEFORE);
    return new ChangelogMode(kinds);
  },
  createWriter: (_, { metrics }) => blackholeWriter(metrics.counter('numRecordsSend')),
};

function blackholeWriter(sent: { value: number }): SinkWriter {
  return {
    async open() {},
    write(batch) {
      sent.value += batch.rows.length;
    },
    async flush() {},
    async close() {},
  };
}
