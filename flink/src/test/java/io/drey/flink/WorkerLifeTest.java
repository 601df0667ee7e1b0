package io.drey.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.drey.flink.worker.Json;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.params.ClientKillParams;
import redis.clients.jedis.params.ClientKillParams.SkipMe;

/** From the start of a worker to its end, whatever that is. */
class WorkerLifeTest extends JobTest {
    private static final String SINK =
            "CREATE TABLE t (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis, 'mode' = 'STRING')";
    private static final String INSERT = "INSERT INTO t SELECT CAST(id AS STRING), 'x' FROM src";

    /** Everything ends with the job. */
    @AfterEach
    void nothingIsLeft() throws Exception {
        FlinkCluster.await("the end of the worker", () -> FlinkCluster.workers().isEmpty());
        FlinkCluster.await(
                "the end of its threads", () -> FlinkCluster.workerThreads().isEmpty());
    }

    private void rows(int perSecond, int count) {
        sql("CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '" + perSecond
                + "', 'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '" + count + "')");
    }

    private JobClient submit(String statement) {
        return tables.executeSql(statement).getJobClient().orElseThrow();
    }

    private static String failureOf(JobClient job) {
        return messages(assertThrows(
                ExecutionException.class, () -> job.getJobExecutionResult().get()));
    }

    private static void awaitRows(long count) throws Exception {
        FlinkCluster.await(count + " rows", () -> redis.dbSize() >= count);
    }

    @Test
    @Tag("short")
    void aWorkerThatIsKilledFailsTheTask() throws Exception {
        sql(SINK);
        rows(1000, 1_000_000);
        JobClient job = submit(INSERT);
        awaitRows(1);
        FlinkCluster.signal("KILL", FlinkCluster.workers().get(0).pid());
        String failure = failureOf(job);
        String host = InetAddress.getLocalHost().getHostName();
        assertTrue(
                failure.contains("of connector 'redis' on host '" + host + "' is lost: it ended with exit status 137"),
                failure);
    }

    @Test
    void nothingIsLostWhenWorkersAreKilled() throws Exception {
        sql(SINK);
        rows(20_000, 60_000);
        tables.getConfig().set("restart-strategy.type", "fixed-delay");
        tables.getConfig().set("restart-strategy.fixed-delay.attempts", "10");
        tables.getConfig().set("restart-strategy.fixed-delay.delay", "10 ms");
        tables.getConfig().set("execution.checkpointing.interval", "200 ms");
        JobClient job = submit(INSERT);
        Set<Long> killed = new TreeSet<>();
        for (long rows : List.of(100L, 15_000L, 30_000L)) {
            awaitRows(rows);
            FlinkCluster.await("a worker", () -> FlinkCluster.workers().stream().anyMatch(w -> killed.add(w.pid())));
            FlinkCluster.signal("KILL", killed.stream().reduce((a, b) -> b).orElseThrow());
        }
        job.getJobExecutionResult().get();
        assertEquals(60_000, redis.dbSize());
        assertEquals(3, killed.size());
    }

    @Test
    @Tag("short")
    void aWorkerThatStandsStillFailsTheTask() throws Exception {
        sql(SINK);
        rows(1000, 1_000_000);
        tables.getConfig().set("drey.worker.silence-limit", "1200 ms");
        JobClient job = submit(INSERT);
        awaitRows(1);
        FlinkCluster.signal("STOP", FlinkCluster.workers().get(0).pid());
        long begin = System.nanoTime();
        String failure = failureOf(job);
        assertTrue(failure.contains("is lost: it has been silent for 1200 ms"), failure);
        assertTrue(System.nanoTime() - begin > 1_000_000_000L);
    }

    @Test
    void aJobIsCancelledWhileRedisStandsStill() throws Exception {
        sql(SINK.replace("'mode'", "'socket.timeout' = '120 s', 'mode'"));
        rows(1_000_000, 5_000_000);
        JobClient job = submit(INSERT);
        awaitRows(1);
        FlinkCluster.signal("STOP", server.pid());
        try {
            job.cancel().get();
            FlinkCluster.await("the end", () -> job.getJobStatus().join() == JobStatus.CANCELED);
            nothingIsLeft();
        } finally {
            FlinkCluster.signal("CONT", server.pid());
        }
    }

    /** The timer of the buffer fires while the sink waits for room: the one interrupt that a cancelled task gets must end that wait. */
    @Test
    void aJobIsCancelledWhileItsBufferIsFullAndDue() throws Exception {
        sql(SINK.replace(
                "'mode'",
                "'socket.timeout' = '120 s', 'sink.buffer-flush.max-rows' = '100', "
                        + "'sink.buffer-flush.interval' = '200 ms', 'mode'"));
        rows(100_000, 5_000_000);
        tables.getConfig().set("task.cancellation.interval", "10 min");
        JobClient job = submit(INSERT);
        awaitRows(1);
        FlinkCluster.signal("STOP", server.pid());
        try {
            FlinkCluster.await("the sink waits longer than the interval", new WaitOfTheSink(1_000)::isLongEnough);
            job.cancel().get();
            FlinkCluster.await("the end", () -> job.getJobStatus().join() == JobStatus.CANCELED);
            nothingIsLeft();
        } finally {
            FlinkCluster.signal("CONT", server.pid());
        }
    }

    /** How long a task has stood in the sink, as its thread's stack shows. */
    private static final class WaitOfTheSink {
        private final long limitMillis;
        private long since;

        private WaitOfTheSink(long limitMillis) {
            this.limitMillis = limitMillis;
            since = System.nanoTime();
        }

        private boolean isLongEnough() {
            boolean waits = Thread.getAllStackTraces().values().stream()
                    .anyMatch(stack -> has(stack, RedisSinkWriter.class.getName(), "write")
                            && has(
                                    stack,
                                    "org.apache.flink.streaming.runtime.tasks.mailbox.MailboxExecutorImpl",
                                    "yield"));
            long now = System.nanoTime();
            if (!waits) {
                since = now;
            }
            return now - since > limitMillis * 1_000_000;
        }

        private static boolean has(StackTraceElement[] stack, String type, String method) {
            return Stream.of(stack)
                    .anyMatch(frame -> frame.getClassName().equals(type)
                            && frame.getMethodName().equals(method));
        }
    }

    @Test
    @Tag("short")
    void saysWhereNodeIsMissing() throws Exception {
        String node = System.getProperty("drey.node");
        System.setProperty("drey.node", "/nowhere/node");
        try {
            sql(SINK);
            String failure = messages(assertThrows(Exception.class, () -> run("INSERT INTO t VALUES ('a', '1')")));
            String host = InetAddress.getLocalHost().getHostName();
            assertTrue(failure.contains("Node.js on host '" + host + "': '/nowhere/node' is not a program."), failure);
        } finally {
            System.setProperty("drey.node", node);
        }
    }

    @Test
    void aSavepointHasEverythingBeforeIt(@TempDir Path folder) throws Exception {
        sql(SINK.replace(
                "'mode'", "'sink.buffer-flush.interval' = '0', 'sink.buffer-flush.max-rows' = '1000000', 'mode'"));
        rows(100, 20_000);
        JobClient job = submit(INSERT);
        vertexOf(job);
        String savepoint = job.stopWithSavepoint(false, folder.toString(), SavepointFormatType.CANONICAL)
                .get();
        long before = redis.dbSize();
        assertTrue(before < 20_000, "Nothing is left for the second job.");
        // Slow until here, so that the savepoint comes before the end on a busy machine too.
        sql("DROP TABLE src");
        rows(20_000, 20_000);
        tables.getConfig().set("execution.savepoint.path", savepoint);
        tables.getConfig().set("execution.state-recovery.path", savepoint);
        submit(INSERT).getJobExecutionResult().get();
        assertEquals(20_000, redis.dbSize());
    }

    @Test
    void leavesNoFiles() throws Exception {
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        Set<String> before = namesIn(folder);
        sql(SINK);
        run("INSERT INTO t VALUES ('a', '1')");
        Set<String> after = namesIn(folder);
        after.removeAll(before);
        after.removeIf(name -> !name.startsWith("drey"));
        assertEquals(Set.of(), after);
    }

    private static Set<String> namesIn(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void secretsAreNowhere() throws Exception {
        String secret = "s3cret-of-the-server";
        redis.configSet("requirepass", secret);
        try (LogLines log = new LogLines()) {
            sql(SINK.replace("'mode'", "'password' = '" + secret + "', 'mode'"));
            rows(1000, 1_000_000);
            JobClient job = submit(INSERT);
            redis.auth(secret);
            awaitRows(1);
            long pid = FlinkCluster.workers().get(0).pid();
            for (String file : List.of("cmdline", "environ")) {
                String text =
                        Files.readString(Path.of("/proc", String.valueOf(pid), file), StandardCharsets.ISO_8859_1);
                assertFalse(text.contains(secret), file);
            }
            redis.configSet("requirepass", "another");
            redis.clientKill(ClientKillParams.clientKillParams().skipMe(SkipMe.YES));
            String failure = failureOf(job);
            assertTrue(failure.contains("WRONGPASS"), failure);
            assertFalse(failure.contains(secret), failure);
            assertFalse(cluster.rest("/jobs/" + job.getJobID() + "/exceptions").contains(secret));
            assertTrue(log.lines().size() > 100);
            assertEquals(
                    List.of(),
                    log.lines().stream().filter(line -> line.contains(secret)).toList());
        } finally {
            redis.configSet("requirepass", "");
        }
    }

    @Test
    void metricsAreShownByTheRestInterface() throws Exception {
        sql(SINK);
        rows(1000, 1_000_000);
        JobClient job = submit(INSERT);
        try {
            String vertex = vertexOf(job);
            List<String> wanted = Stream.of(
                            "numRecordsOutPerSecond",
                            "numBytesOutPerSecond",
                            "currentSendTime",
                            "numRecordsSend",
                            "numBytesSend",
                            "redis.numRecordsOut",
                            "redis.numBytesOut",
                            "numReconnects",
                            "numCommandsSent")
                    .map(name -> "Writer." + name)
                    .toList();
            FlinkCluster.await(
                    "the metrics", () -> metrics(vertex, job).keySet().containsAll(wanted));
            FlinkCluster.await("values", () -> {
                Map<String, Double> values = metrics(vertex, job);
                return Stream.of(
                                "numRecordsOutPerSecond",
                                "numBytesOutPerSecond",
                                "redis.numBytesOut",
                                "numCommandsSent")
                        .allMatch(name -> values.get("Writer." + name) > 0);
            });
        } finally {
            job.cancel().get();
        }
    }

    /** The vertex of the sink, once all of them run. */
    private static String vertexOf(JobClient job) throws Exception {
        FlinkCluster.await(
                "the tasks",
                () -> vertices(job).allMatch(vertex -> vertex.get("status").equals("RUNNING")));
        return (String) vertices(job)
                .filter(vertex -> ((String) vertex.get("name")).contains("Writer"))
                .findFirst()
                .orElseThrow()
                .get("id");
    }

    private static Stream<Map<?, ?>> vertices(JobClient job) {
        Map<?, ?> details = (Map<?, ?>) Json.parse(rest("/jobs/" + job.getJobID()));
        return ((List<?>) details.get("vertices")).stream().map(vertex -> (Map<?, ?>) vertex);
    }

    private static String rest(String path) {
        try {
            return cluster.rest(path);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The metrics of the sink's operator, by the name behind its own. */
    private static Map<String, Double> metrics(String vertex, JobClient job) {
        String path = "/jobs/" + job.getJobID() + "/vertices/" + vertex + "/metrics";
        List<String> names = fields(path, "id").stream()
                .filter(name -> name.contains("Writer."))
                .toList();
        String query = URLEncoder.encode(String.join(",", names), StandardCharsets.UTF_8);
        Map<String, Double> values = new TreeMap<>();
        for (Object each : (List<?>) Json.parse(rest(path + "?get=" + query))) {
            Map<?, ?> metric = (Map<?, ?>) each;
            String name = (String) metric.get("id");
            values.put(name.substring(name.indexOf("Writer.")), Double.valueOf((String) metric.get("value")));
        }
        return values;
    }

    private static List<String> fields(String path, String field) {
        return ((List<?>) Json.parse(rest(path)))
                .stream().map(each -> (String) ((Map<?, ?>) each).get(field)).toList();
    }
}
