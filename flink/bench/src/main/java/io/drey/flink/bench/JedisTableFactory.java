package io.drey.flink.bench;

import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.connector.source.LookupTableSource.LookupRuntimeProvider;
import org.apache.flink.table.connector.source.lookup.LookupFunctionProvider;

/** {@code 'connector' = 'jedis'}: a sink that sends pipelines, a lookup that asks for one key and waits. */
public final class JedisTableFactory extends BaselineFactory {
    @Override
    public String factoryIdentifier() {
        return "jedis";
    }

    @Override
    WriterOpener writer(ReadableConfig options) {
        String host = options.get(BaselineOptions.HOST);
        int port = options.get(BaselineOptions.PORT);
        int batch = options.get(BaselineOptions.BATCH);
        return () -> new JedisSinkWriter(host, port, batch);
    }

    @Override
    LookupRuntimeProvider lookup(ReadableConfig options) {
        return LookupFunctionProvider.of(
                new JedisLookupFunction(options.get(BaselineOptions.HOST), options.get(BaselineOptions.PORT)));
    }
}
