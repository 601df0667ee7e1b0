package io.drey.flink;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

/** JobManager and TaskManager of the Flink on the class path, in this JVM, with a Redis beside them. */
final class FlinkCluster implements AutoCloseable {
    private static final long LIMIT_SECONDS = 120;

    private final MiniCluster cluster;
    private final URI rest;

    FlinkCluster() throws Exception {
        Configuration config = new Configuration();
        config.set(RestOptions.BIND_PORT, "0");
        config.setString("rest.bind-address", "127.0.0.1");
        config.setString("metrics.reporter.test.factory.class", CollectedMetrics.class.getName());
        // The task threads' code is of this class path: nothing to be resolved through a loader of a job.
        config.setString("classloader.check-leaked-classloader", "false");
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(config)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(4)
                .build());
        cluster.start();
        rest = cluster.getRestAddress().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    /** Submits to this cluster; streaming, parallelism 1. */
    TableEnvironment newTables() {
        Configuration config = new Configuration();
        config.setString("execution.target", "remote");
        config.setString("rest.address", rest.getHost());
        config.setString("rest.port", String.valueOf(rest.getPort()));
        config.setString("parallelism.default", "1");
        return TableEnvironment.create(EnvironmentSettings.newInstance()
                .inStreamingMode()
                .withConfiguration(config)
                .build());
    }

    /** Worker processes of this JVM. */
    static List<ProcessHandle> workers() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().command().orElse("").endsWith("node"))
                .toList();
    }

    /** Sends a signal to a process. */
    static void signal(String name, long pid) throws Exception {
        int status = new ProcessBuilder("kill", "-" + name, String.valueOf(pid))
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IllegalStateException("kill -" + name + " " + pid + ": " + status);
        }
    }

    /** What the cluster's REST interface answers. */
    String rest(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(rest.resolve(path)).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** Threads that a worker has in this JVM. */
    static List<String> workerThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("drey-worker"))
                .toList();
    }

    /** Looks again and again until it is so. */
    static void await(String what, BooleanSupplier condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException(what);
            }
            Thread.sleep(10);
        }
    }

    @Override
    public void close() throws Exception {
        cluster.close();
    }
}
