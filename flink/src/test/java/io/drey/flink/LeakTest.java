package io.drey.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.apache.flink.table.api.TableEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/**
 * Jobs that bring the jar with them leave nothing behind in a TaskManager, and no more class loaders than jobs of Flink's own that
 * bring a jar of one class. It has a JVM of its own, without the connector on its class path: the profile {@code leaks}.
 */
class LeakTest {
    private static final int WARM_UP = 3;
    private static final int SUBMISSIONS = 20;

    @TempDir
    Path folder;

    private interface Submission {
        void submit(FlinkCluster cluster) throws Exception;
    }

    @Test
    void twentySubmissionsLeaveNothing() throws Exception {
        Path classes = Path.of("target", "classes");
        Path jar = jar("drey-flink.jar", classes, classes);
        Path tests = Path.of("target", "test-classes");
        Path other = jar("other.jar", tests, tests.resolve(Echo.class.getName().replace('.', '/') + ".class"));
        try (RedisServer server = RedisServer.start();
                Jedis redis = server.client();
                FlinkCluster cluster = new FlinkCluster()) {
            repeat(WARM_UP, cluster, each -> lookUpAndWrite(each, jar, server.port(), redis));
            repeat(SUBMISSIONS, cluster, each -> echo(each, other));
            long loadersOfFlink = fewestJobClassLoaders();
            long descriptors = descriptors();
            Set<String> files = temporaryFiles();
            repeat(SUBMISSIONS, cluster, each -> lookUpAndWrite(each, jar, server.port(), redis));
            FlinkCluster.await("the end of processes", () -> children().equals(List.of(server.pid())));
            FlinkCluster.await(
                    "the end of threads", () -> FlinkCluster.workerThreads().isEmpty());
            FlinkCluster.await("unloaded classes", () -> jobClassLoaders() <= loadersOfFlink);
            FlinkCluster.await("closed files", () -> descriptors() <= descriptors);
            assertEquals(files, temporaryFiles());
        }
    }

    private static void repeat(int times, FlinkCluster cluster, Submission submission) throws Exception {
        for (int i = 0; i < times; i++) {
            submission.submit(cluster);
        }
    }

    private static void echo(FlinkCluster cluster, Path jar) throws Exception {
        TableEnvironment tables = tables(cluster, jar);
        tables.executeSql("CREATE TEMPORARY FUNCTION echo AS '" + Echo.class.getName() + "'");
        tables.executeSql("CREATE TABLE nothing (k STRING) WITH ('connector' = 'blackhole')");
        tables.executeSql("INSERT INTO nothing SELECT echo(k) FROM (VALUES ('k1'), ('k2')) AS t (k)")
                .await();
    }

    private static void lookUpAndWrite(FlinkCluster cluster, Path jar, int port, Jedis server) throws Exception {
        TableEnvironment tables = tables(cluster, jar);
        server.set("k1", "v1");
        String redis = "'connector' = 'redis', 'host' = '127.0.0.1', 'port' = '" + port + "'";
        String columns = " (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (" + redis;
        tables.executeSql("CREATE TABLE lru" + columns + ", 'cache' = 'LRU')");
        tables.executeSql("CREATE TABLE whole" + columns + ", 'cache' = 'ALL', 'cacheTTLMs' = '100')");
        tables.executeSql("CREATE TABLE plain" + columns + ")");
        tables.executeSql("CREATE TABLE copy" + columns + ", 'mode' = 'STRING', 'key-prefix' = 'copy:')");
        tables.executeSql("CREATE TEMPORARY VIEW s AS SELECT k, PROCTIME() AS p FROM (VALUES ('k1'), ('k2')) AS t (k)");
        tables.executeSql("INSERT INTO copy SELECT s.k, lru.v FROM s "
                        + "JOIN lru FOR SYSTEM_TIME AS OF s.p AS lru ON s.k = lru.k "
                        + "JOIN whole FOR SYSTEM_TIME AS OF s.p AS whole ON s.k = whole.k "
                        + "JOIN plain FOR SYSTEM_TIME AS OF s.p AS plain ON s.k = plain.k "
                        + "WHERE lru.v = whole.v AND plain.v = lru.v")
                .await();
        assertEquals("v1", server.getDel("copy:k1"));
    }

    private static TableEnvironment tables(FlinkCluster cluster, Path jar) {
        TableEnvironment tables = cluster.newTables();
        tables.getConfig().set("parallelism.default", "2");
        tables.executeSql("ADD JAR '" + jar + "'");
        return tables;
    }

    private static List<Long> children() {
        return ProcessHandle.current().children().map(ProcessHandle::pid).toList();
    }

    private static long descriptors() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    /** Once their number does not sink any more. */
    private static long fewestJobClassLoaders() {
        long fewest = jobClassLoaders();
        for (long next = jobClassLoaders(); next < fewest; next = jobClassLoaders()) {
            fewest = next;
        }
        return fewest;
    }

    private static long jobClassLoaders() {
        // Java's serialization keeps classes of which it has let go until it gets to know another one; this one is
        // another one when a collection has come since it was used.
        System.gc();
        ObjectStreamClass.lookup(Echo.class);
        String histogram;
        try {
            histogram = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {null},
                            new String[] {String[].class.getName()});
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return histogram
                .lines()
                .filter(line -> line.contains("ChildFirstClassLoader"))
                .mapToLong(line -> Long.parseLong(line.trim().split("\\s+")[1]))
                .sum();
    }

    /** In a folder that nobody else uses. */
    private static Set<String> temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** A jar with the files below {@code part} of a folder. */
    private Path jar(String name, Path classes, Path part) throws IOException {
        Path jar = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(part)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, entries);
            }
        }
        return jar;
    }
}
