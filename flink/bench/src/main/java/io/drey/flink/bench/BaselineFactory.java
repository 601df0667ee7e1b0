package io.drey.flink.bench;

import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.LookupTableSource.LookupRuntimeProvider;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;

/** A connector of one client: a sink and a lookup. */
public abstract class BaselineFactory implements DynamicTableSinkFactory, DynamicTableSourceFactory {
    abstract WriterOpener writer(ReadableConfig options);

    abstract LookupRuntimeProvider lookup(ReadableConfig options);

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return BaselineOptions.REQUIRED;
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return BaselineOptions.OPTIONAL;
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        return new BaselineTableSink(writer(options(context)));
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        return new BaselineTableSource(lookup(options(context)));
    }

    private ReadableConfig options(Context context) {
        return FactoryUtil.createTableFactoryHelper(this, context).getOptions();
    }
}
