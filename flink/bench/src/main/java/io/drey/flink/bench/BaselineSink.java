package io.drey.flink.bench;

import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.table.data.RowData;

/** A sink around a writer. */
final class BaselineSink implements SinkOfBothReleases<RowData> {
    private static final long serialVersionUID = 1L;

    private final WriterOpener opener;

    BaselineSink(WriterOpener opener) {
        this.opener = opener;
    }

    @Override
    public SinkWriter<RowData> createWriter(WriterInitContext context) {
        return opener.open();
    }
}
