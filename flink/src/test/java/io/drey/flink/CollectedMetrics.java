package io.drey.flink;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** Keeps the cluster's metrics, also those of jobs that have ended. */
public final class CollectedMetrics implements MetricReporter, MetricReporterFactory {
    private static final Map<String, Metric> METRICS = new ConcurrentHashMap<>();

    /** The newest metric whose operator's name has {@code operator} in it. */
    static Metric get(String operator, String name) {
        return METRICS.get(METRICS.keySet().stream()
                .filter(key -> key.contains(operator) && key.endsWith("." + name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No metric " + name + " in " + METRICS.keySet())));
    }

    static void clear() {
        METRICS.clear();
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
        METRICS.put(group.getMetricIdentifier(name), metric);
    }

    @Override
    public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {}
}
