package io.drey.flink;

import java.io.IOException;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.table.data.RowData;

/** Writes rows, at least once. */
public final class RedisSink implements SinkOfBothReleases<RowData> {
    private static final long serialVersionUID = 1L;

    private final TableSpec spec;

    RedisSink(TableSpec spec) {
        this.spec = spec;
    }

    @Override
    public SinkWriter<RowData> createWriter(WriterInitContext context) throws IOException {
        return RedisSinkWriter.open(
                spec, context.getMailboxExecutor(), context.getProcessingTimeService(), context.metricGroup());
    }
}
