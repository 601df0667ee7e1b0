package io.drey.flink;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.types.DataType;

/** {@code 'connector' = 'redis'}: Redis and Tair as a dimension table and as a sink. */
public class RedisDynamicTableFactory implements DynamicTableSourceFactory, DynamicTableSinkFactory {
    @Override
    public String factoryIdentifier() {
        return "redis";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return RedisOptions.load().required();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return RedisOptions.load().optional();
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        RedisOptions options = RedisOptions.load();
        return new RedisDynamicTableSink(spec("sink", context, options, HostOptions.WRITE_WINDOW));
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        RedisOptions options = RedisOptions.load();
        return new RedisLookupTableSource(spec("lookup", context, options, HostOptions.LOOKUP_WINDOW), options);
    }

    private static TableSpec spec(
            String role, Context context, RedisOptions options, ConfigOption<Integer> windowOption) {
        Map<String, String> given = options.canonical(context.getCatalogTable().getOptions());
        options.validate(given, role.equals("sink"));
        ReadableConfig config = context.getConfiguration();
        DataType row = context.getPhysicalRowDataType();
        ObjectIdentifier table = context.getObjectIdentifier();
        TableSpec spec = new TableSpec(
                role,
                List.of(table.getCatalogName(), table.getDatabaseName(), table.getObjectName()),
                List.copyOf(DataType.getFieldNames(row)),
                DataType.getFieldDataTypes(row).stream()
                        .map(DataType::getLogicalType)
                        .toList(),
                context.getPrimaryKeyIndexes(),
                given,
                new int[0],
                null,
                List.of(),
                HostOptions.timeZone(config),
                HostOptions.worker(config),
                Math.max(1, config.get(windowOption)));
        ColumnRules.check(spec, options);
        // Refuses types that no cell has.
        spec.rowCodec();
        if (config.get(HostOptions.PLAN_CHECK)) {
            TableChecks.check(spec);
        }
        return spec;
    }
}
