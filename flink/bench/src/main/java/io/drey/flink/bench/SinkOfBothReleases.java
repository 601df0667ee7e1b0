package io.drey.flink.bench;

import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;

/** The method that 1.20 declares and never calls, out of sight of 2.x, as the connector has it. */
interface SinkOfBothReleases<T> extends Sink<T> {
    @Override
    @Deprecated
    default SinkWriter<T> createWriter(InitContext context) {
        throw new UnsupportedOperationException("createWriter(WriterInitContext) is the one to call.");
    }
}
