package io.drey.flink.bench;

import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.LookupTableSource;

/** Planning object of a table that is asked by its first column. */
final class BaselineTableSource implements LookupTableSource {
    private final LookupRuntimeProvider functions;

    BaselineTableSource(LookupRuntimeProvider functions) {
        this.functions = functions;
    }

    @Override
    public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext context) {
        return functions;
    }

    @Override
    public DynamicTableSource copy() {
        return this;
    }

    @Override
    public String asSummaryString() {
        return "Baseline";
    }
}
