package io.drey.flink;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** What a worker counts for a subtask, in the subtask's metrics: questions, reconnects, what a cache holds. */
final class WorkerMetrics implements Consumer<Map<String, Double>> {
    private final MetricGroup group;
    private final Map<String, Double> values = new ConcurrentHashMap<>();

    WorkerMetrics(MetricGroup group) {
        this.group = group;
    }

    /** The newest values. A name may have groups before it, with dots; it is registered when it is first seen. */
    @Override
    public void accept(Map<String, Double> newest) {
        newest.forEach((name, value) -> {
            if (values.put(name, value) == null) {
                register(name);
            }
        });
    }

    private void register(String name) {
        String[] path = name.split("\\.");
        MetricGroup parent = group;
        for (int i = 0; i < path.length - 1; i++) {
            parent = parent.addGroup(path[i]);
        }
        parent.gauge(path[path.length - 1], (Gauge<Number>) () -> number(values.get(name)));
    }

    private static Number number(double value) {
        if (value == Math.rint(value)) {
            return (long) value;
        }
        return value;
    }
}
