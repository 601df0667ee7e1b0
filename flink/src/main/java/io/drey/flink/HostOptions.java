package io.drey.flink;

import io.drey.flink.worker.WorkerSettings;
import java.time.ZoneId;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.config.TableConfigOptions;

/** Settings of this host; they stand in the cluster's configuration or a {@code SET}, not in a table's options. */
public final class HostOptions {
    public static final ConfigOption<String> NODE = ConfigOptions.key("drey.node")
            .stringType()
            .noDefaultValue()
            .withDescription("Path of the node program on the TaskManagers and where jobs are planned.");

    public static final ConfigOption<Integer> WORKER_HEAP = ConfigOptions.key("drey.worker.heap-mb")
            .intType()
            .defaultValue(256)
            .withDescription("Limit of a worker's JavaScript heap in megabytes.");

    public static final ConfigOption<Integer> WRITE_WINDOW = ConfigOptions.key("drey.sink.max-frames-in-flight")
            .intType()
            .defaultValue(8)
            .withDescription("Batches of a sink subtask that may wait for the answer of Redis.");

    public static final ConfigOption<Integer> LOOKUP_WINDOW = ConfigOptions.key("drey.lookup.max-frames-in-flight")
            .intType()
            .defaultValue(2)
            .withDescription(
                    "Questions of a lookup subtask that may be under way; keys that come meanwhile wait for the next.");

    public static final ConfigOption<Boolean> PLAN_CHECK = ConfigOptions.key("drey.plan.check")
            .booleanType()
            .defaultValue(true)
            .withDescription("Whether a worker checks tables while a job is planned, where node can be found.");

    private HostOptions() {}

    static WorkerSettings worker(ReadableConfig config) {
        return new WorkerSettings(config.get(NODE), Math.max(32, config.get(WORKER_HEAP)));
    }

    /** IANA name of {@code table.local-time-zone}. */
    static String timeZone(ReadableConfig config) {
        String zone = config.get(TableConfigOptions.LOCAL_TIME_ZONE);
        return TableConfigOptions.LOCAL_TIME_ZONE.defaultValue().equals(zone)
                ? ZoneId.systemDefault().getId()
                : zone;
    }
}
