package io.drey.flink.bench;

import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;

/** Planning object of a table that is written: it takes insertions only. */
final class BaselineTableSink implements DynamicTableSink {
    private final WriterOpener opener;

    BaselineTableSink(WriterOpener opener) {
        this.opener = opener;
    }

    @Override
    public ChangelogMode getChangelogMode(ChangelogMode requested) {
        return ChangelogMode.insertOnly();
    }

    @Override
    public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
        return SinkV2Provider.of(new BaselineSink(opener));
    }

    @Override
    public DynamicTableSink copy() {
        return this;
    }

    @Override
    public String asSummaryString() {
        return "Baseline";
    }
}
