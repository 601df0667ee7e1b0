package io.drey.flink.bench;

import java.io.Serializable;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.table.data.RowData;

/** Opens a subtask's writer. */
interface WriterOpener extends Serializable {
    SinkWriter<RowData> open();
}
