package io.drey.flink.bench;

import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of the baseline tables. */
final class BaselineOptions {
    static final ConfigOption<String> HOST =
            ConfigOptions.key("host").stringType().defaultValue("127.0.0.1");
    static final ConfigOption<Integer> PORT =
            ConfigOptions.key("port").intType().noDefaultValue();
    /** Rows of a pipeline (Jedis), or commands that may be without an answer (Lettuce). */
    static final ConfigOption<Integer> BATCH =
            ConfigOptions.key("batch").intType().defaultValue(1000);
    /** Where a checked table puts how many right rows it got. */
    static final ConfigOption<String> RESULT =
            ConfigOptions.key("result").stringType().defaultValue("result");

    static final Set<ConfigOption<?>> REQUIRED = Set.of(PORT);
    static final Set<ConfigOption<?>> OPTIONAL = Set.of(HOST, BATCH, RESULT);

    private BaselineOptions() {}
}
