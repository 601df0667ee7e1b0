package io.drey.flink;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.connector.sink.abilities.SupportsWritingMetadata;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.types.RowKind;

/** Planning object of a Redis table that is written. */
public class RedisDynamicTableSink implements DynamicTableSink, SupportsWritingMetadata {
    private final TableSpec spec;
    private List<String> metadata = List.of();
    private List<LogicalType> metadataTypes = List.of();

    RedisDynamicTableSink(TableSpec spec) {
        this.spec = spec;
    }

    /**
     * Upsert; insert-only for a query that only inserts, as Flink 2.3 asks such a query for an ON CONFLICT clause where the sink
     * takes updates.
     */
    @Override
    public ChangelogMode getChangelogMode(ChangelogMode requested) {
        return requested.containsOnly(RowKind.INSERT) ? ChangelogMode.insertOnly() : ChangelogMode.upsert();
    }

    /** The context's target columns: the ability that follows them in 2.x is not in 1.20. */
    @SuppressWarnings("deprecation")
    @Override
    public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
        int[] target =
                context.getTargetColumns().map(RedisDynamicTableSink::topLevel).orElse(null);
        return SinkV2Provider.of(new RedisSink(spec.withTarget(physical(target), metadata, metadataTypes)));
    }

    private static int[] topLevel(int[][] columns) {
        return Arrays.stream(columns)
                .mapToInt(column -> column[0])
                .distinct()
                .sorted()
                .toArray();
    }

    /** A metadata column that the INSERT names stands behind the physical ones. */
    private int[] physical(int[] target) {
        return target == null
                ? null
                : Arrays.stream(target).filter(i -> i < spec.columns().size()).toArray();
    }

    @Override
    public Map<String, DataType> listWritableMetadata() {
        return Map.of("ttl", DataTypes.BIGINT());
    }

    @Override
    public void applyWritableMetadata(List<String> metadataKeys, DataType consumedDataType) {
        metadata = List.copyOf(metadataKeys);
        List<DataType> all = DataType.getFieldDataTypes(consumedDataType);
        metadataTypes = all.subList(all.size() - metadataKeys.size(), all.size()).stream()
                .map(DataType::getLogicalType)
                .toList();
    }

    @Override
    public DynamicTableSink copy() {
        RedisDynamicTableSink copy = new RedisDynamicTableSink(spec);
        copy.metadata = metadata;
        copy.metadataTypes = metadataTypes;
        return copy;
    }

    @Override
    public String asSummaryString() {
        return "Redis";
    }
}
