package io.drey.flink.bench;

import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.FactoryUtil;

/** {@code 'connector' = 'checked'}: where joined rows end. It looks at each and tells how many were right. */
public final class CheckedTableFactory implements DynamicTableSinkFactory {
    @Override
    public String factoryIdentifier() {
        return "checked";
    }

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
        ReadableConfig options =
                FactoryUtil.createTableFactoryHelper(this, context).getOptions();
        String host = options.get(BaselineOptions.HOST);
        int port = options.get(BaselineOptions.PORT);
        String result = options.get(BaselineOptions.RESULT);
        return new BaselineTableSink(() -> new CheckedSinkWriter(host, port, result));
    }
}
