package io.drey.flink.bench;

import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.connector.source.LookupTableSource.LookupRuntimeProvider;
import org.apache.flink.table.connector.source.lookup.AsyncLookupFunctionProvider;

/** {@code 'connector' = 'lettuce'}: one asynchronous command a row, in the sink and in the lookup. */
public final class LettuceTableFactory extends BaselineFactory {
    @Override
    public String factoryIdentifier() {
        return "lettuce";
    }

    @Override
    WriterOpener writer(ReadableConfig options) {
        String host = options.get(BaselineOptions.HOST);
        int port = options.get(BaselineOptions.PORT);
        int batch = options.get(BaselineOptions.BATCH);
        return () -> new LettuceSinkWriter(host, port, batch);
    }

    @Override
    LookupRuntimeProvider lookup(ReadableConfig options) {
        return AsyncLookupFunctionProvider.of(
                new LettuceLookupFunction(options.get(BaselineOptions.HOST), options.get(BaselineOptions.PORT)));
    }
}
