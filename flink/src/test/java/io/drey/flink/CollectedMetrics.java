package io.drey.flink;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * Keeps the metrics of the table {@code counted}, also when its job has ended. Those of all jobs would keep what the jobs have in
 * memory.
 */
public final class CollectedMetrics implements MetricReporter, MetricReporterFactory {
    private static final String OPERATOR = "counted[";
    private static final Map<String, Metric> METRICS = new ConcurrentHashMap<>();

    static Metric get(String name) {
        return METRICS.get(METRICS.keySet().stream()
                .filter(key -> key.endsWith("." + name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No metric " + name + " in " + METRICS.keySet())));
    }

    @Override
    public MetricReporter createMetricReporter(Properties properties) {
        return new CollectedMetrics();
    }

    @Override
    public void open(MetricConfig config) {}

    @Override
    public void close() {}

    @Override
    public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
        String identifier = group.getMetricIdentifier(name);
        if (identifier.contains(OPERATOR)) {
            METRICS.put(identifier, metric);
        }
    }

    @Override
    public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {}
}
