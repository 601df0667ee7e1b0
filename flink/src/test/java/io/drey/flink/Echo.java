package io.drey.flink;

import org.apache.flink.table.functions.ScalarFunction;

/** What a job without the connector brings. */
public final class Echo extends ScalarFunction {
    private static final long serialVersionUID = 1L;

    public String eval(String text) {
        return text;
    }
}
