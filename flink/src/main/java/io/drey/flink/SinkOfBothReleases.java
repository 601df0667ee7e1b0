package io.drey.flink;

import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;

/**
 * A sink for Flink 1.20 and 2.x in one class file. 1.20 declares {@code createWriter(InitContext)}, which it never calls where the
 * newer overload is there; 2.x has no such class. The method stands in an interface because serialization looks at the methods of
 * classes only: in a class it would not be found on 2.x.
 */
interface SinkOfBothReleases<T> extends Sink<T> {
    @Override
    @Deprecated
    default SinkWriter<T> createWriter(InitContext context) {
        throw new UnsupportedOperationException("createWriter(WriterInitContext) is the one to call.");
    }
}
