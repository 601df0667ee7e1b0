package io.drey.flink;

import io.drey.flink.worker.WorkerSettings;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.CoreOptions;
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

    public static final ConfigOption<Duration> SILENCE_LIMIT = ConfigOptions.key("drey.worker.silence-limit")
            .durationType()
            .defaultValue(Duration.ofSeconds(30))
            .withDescription("A worker that sends nothing for so long, though it is asked for a sign of life six times"
                    + " meanwhile, is killed, and the tasks that use it fail.");

    public static final ConfigOption<Integer> WRITE_WINDOW = ConfigOptions.key("drey.sink.max-frames-in-flight")
            .intType()
            .defaultValue(8)
            .withDescription("Batches of a sink subtask that may wait for the answer of Redis.");

    public static final ConfigOption<Integer> LOOKUP_WINDOW = ConfigOptions.key("drey.lookup.max-frames-in-flight")
            .intType()
            .defaultValue(1)
            .withDescription(
                    "Questions of a lookup subtask that may be under way; keys that come meanwhile wait for the next,"
                            + " which leaves with an answer, or with half of the most keys that have ever waited at once.");

    public static final ConfigOption<Boolean> PLAN_CHECK = ConfigOptions.key("drey.plan.check")
            .booleanType()
            .defaultValue(true)
            .withDescription("Whether a worker checks tables while a job is planned, where node can be found.");

    private static final Duration SHORTEST_LIMIT = Duration.ofSeconds(1);

    private HostOptions() {}

    static WorkerSettings worker(ReadableConfig config) {
        Duration silenceLimit = config.get(SILENCE_LIMIT);
        String folders = config.getOptional(CoreOptions.TMP_DIRS).orElse("");
        return new WorkerSettings(
                config.get(NODE),
                Math.max(32, config.get(WORKER_HEAP)),
                silenceLimit.compareTo(SHORTEST_LIMIT) < 0 ? SHORTEST_LIMIT : silenceLimit,
                Arrays.stream(folders.split("[,:|]"))
                        .filter(folder -> !folder.isEmpty())
                        .toList());
    }

    /** IANA name of {@code table.local-time-zone}. */
    static String timeZone(ReadableConfig config) {
        String zone = config.get(TableConfigOptions.LOCAL_TIME_ZONE);
        return TableConfigOptions.LOCAL_TIME_ZONE.defaultValue().equals(zone)
                ? ZoneId.systemDefault().getId()
                : zone;
    }
}
