package io.drey.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.resps.Tuple;

class SinkJobTest extends JobTest {
    @Test
    void writesStrings() throws Exception {
        sql("CREATE TABLE s (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis, 'mode' = 'STRING')");
        run("INSERT INTO s VALUES ('a', '1'), ('b', 'ü€😀'), ('c', ''), ('a', '2')");
        assertEquals(List.of("2", "ü€😀", ""), redis.mget("a", "b", "c"));
    }

    @Test
    void writesListsSetsAndSortedSets() throws Exception {
        sql("CREATE TABLE l (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis, 'mode' = 'LIST')");
        sql("CREATE TABLE s (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis, 'mode' = 'SET')");
        sql("CREATE TABLE z (k STRING, score DOUBLE, v STRING, PRIMARY KEY (k) NOT ENFORCED) "
                + "WITH (@redis, 'mode' = 'SORTEDSET')");
        run("INSERT INTO l VALUES ('l', '1'), ('l', '2'), ('l', '2')");
        run("INSERT INTO s VALUES ('s', '1'), ('s', '2'), ('s', '2')");
        run("INSERT INTO z VALUES ('z', 1.5E0, 'a'), ('z', -2E0, 'b')");
        assertEquals(List.of("2", "2", "1"), redis.lrange("l", 0, -1));
        assertEquals(Set.of("1", "2"), redis.smembers("s"));
        assertEquals(List.of(new Tuple("b", -2.0), new Tuple("a", 1.5)), redis.zrangeWithScores("z", 0, -1));
    }

    @Test
    @Tag("short")
    void writesHashesOfBothKinds() throws Exception {
        sql(
                "CREATE TABLE h (k STRING, f STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis, 'mode' = 'HASHMAP')");
        sql("CREATE TABLE w (x STRING, k STRING, y STRING, PRIMARY KEY (k) NOT ENFORCED) "
                + "WITH (@redis, 'mode' = 'HASHMAP', 'flattenHash' = 'true')");
        run("INSERT INTO h VALUES ('h', 'f', '1'), ('h', 'g', '2')");
        run("INSERT INTO w VALUES ('1', 'w', CAST(NULL AS STRING))");
        assertEquals(Map.of("f", "1", "g", "2"), redis.hgetAll("h"));
        assertEquals(Map.of("x", "1"), redis.hgetAll("w"));
    }

    @Test
    @Tag("short")
    void updatesAndDeletes() throws Exception {
        sql("CREATE TABLE s (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis, 'mode' = 'STRING')");
        sql("CREATE TABLE kept (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) "
                + "WITH (@redis, 'mode' = 'STRING', 'key-prefix' = 'kept:', 'ignoreDelete' = 'true')");
        String changes =
                "SELECT k, CAST(n AS STRING) FROM (SELECT k, COUNT(*) AS n FROM (VALUES ('a'), ('b'), ('b'), ('c'), ('c'), ('c')) "
                        + "AS t (k) GROUP BY k) WHERE n < 3";
        run("INSERT INTO s " + changes);
        run("INSERT INTO kept " + changes);
        assertEquals("1", redis.get("a"));
        assertEquals("2", redis.get("b"));
        assertNull(redis.get("c"));
        assertEquals(Set.of("a", "b", "kept:a", "kept:b", "kept:c"), redis.keys("*"));
    }

    @Test
    void takesTimesToLiveFromAMetadataColumn() throws Exception {
        sql("CREATE TABLE s (k STRING, v STRING, ttl BIGINT METADATA, PRIMARY KEY (k) NOT ENFORCED) "
                + "WITH (@redis, 'mode' = 'STRING', 'expiration' = '1000000')");
        run("INSERT INTO s VALUES ('a', '1', 5000000), ('b', '2', CAST(NULL AS BIGINT)), ('c', '3', 0)");
        assertTrue(redis.pttl("a") > 4_000_000);
        assertTrue(redis.pttl("b") > 900_000 && redis.pttl("b") <= 1_000_000);
        assertEquals(-1, redis.pttl("c"));
    }

    @Test
    void takesTimesToLiveFromAColumn() throws Exception {
        sql("CREATE TABLE s (k STRING, v STRING, life BIGINT, PRIMARY KEY (k) NOT ENFORCED) "
                + "WITH (@redis, 'mode' = 'STRING', 'expiration.column' = 'life')");
        run("INSERT INTO s VALUES ('a', '1', 5000000)");
        assertTrue(redis.pttl("a") > 4_000_000);
    }

    @Test
    void writesTypedColumnsThroughAFormat() throws Exception {
        sql(
                "CREATE TABLE s (k STRING, n INT, d DECIMAL(10, 2), t TIMESTAMP(3), b BOOLEAN, l BIGINT, PRIMARY KEY (k) NOT ENFORCED) "
                        + "WITH (@redis, 'mode' = 'STRING', 'value.format' = 'json')");
        run("INSERT INTO s VALUES ('a', -7, 12.30, TIMESTAMP '2024-01-02 03:04:05.006', true, 9007199254740993)");
        assertEquals(
                "{\"n\":-7,\"d\":12.3,\"t\":\"2024-01-02 03:04:05.006\",\"b\":true,\"l\":9007199254740993}",
                redis.get("a"));
    }

    @Test
    void failsOnNullLikeTheCoreSays() throws Exception {
        sql("CREATE TABLE s (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis, 'mode' = 'STRING')");
        Exception error = assertThrows(Exception.class, () -> run("INSERT INTO s VALUES ('a', CAST(NULL AS STRING))"));
        assertTrue(messages(error).contains("sink.null-value"), messages(error));
    }

    @Test
    @Tag("short")
    void countsWhatRedisHasTaken() throws Exception {
        sql("CREATE TABLE counted (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis, 'mode' = 'STRING')");
        run("INSERT INTO counted VALUES ('a', '1'), ('b', '22'), ('c', '333')");
        assertEquals(3, ((Counter) CollectedMetrics.get("numRecordsSend")).getCount());
        assertEquals(9, ((Counter) CollectedMetrics.get("numBytesSend")).getCount());
        assertEquals(3, ((Counter) CollectedMetrics.get("numRecordsOut")).getCount());
        assertEquals(9, ((Counter) CollectedMetrics.get("numBytesOut")).getCount());
        CollectedMetrics.get("numRecordsOutPerSecond");
        CollectedMetrics.get("numBytesOutPerSecond");
        assertTrue((Long) ((Gauge<?>) CollectedMetrics.get("currentSendTime")).getValue() >= 0);
    }

    @Test
    void insertOfSomeColumnsLeavesTheOthersAlone() throws Exception {
        sql("CREATE TABLE w (k STRING, x STRING, y STRING, PRIMARY KEY (k) NOT ENFORCED) "
                + "WITH (@redis, 'mode' = 'HASHMAP', 'flattenHash' = 'true')");
        run("INSERT INTO w VALUES ('w', '1', '2')");
        run("INSERT INTO w (k, y) VALUES ('w', '3')");
        assertEquals(Map.of("x", "1", "y", "3"), redis.hgetAll("w"));
    }

    @Test
    void sendsEachRowByItselfAndLargeOnes() throws Exception {
        sql("CREATE TABLE s (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) "
                + "WITH (@redis, 'mode' = 'STRING', 'sink.buffer-flush.max-rows' = '0')");
        run(
                "INSERT INTO s SELECT CAST(id AS STRING), REPEAT('€', 300000) FROM (VALUES 1, 2, 3, 4, 5, 6, 7, 8) AS t (id)");
        assertEquals(8, redis.dbSize());
        assertEquals(900_000, redis.strlen("8"));
    }

    /** Far more rows than may be in flight, each a batch of its own: frames that find no room grow, and order is kept. */
    @Test
    void keepsTheOrderOfRowsThatWaitForRoom() throws Exception {
        sql("CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000000', "
                + "'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '30000')");
        for (int rows : new int[] {0, 1, 7}) {
            sql("CREATE TABLE l" + rows + " (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) "
                    + "WITH (@redis, 'mode' = 'LIST', 'sink.list.direction' = 'right', 'sink.buffer-flush.max-rows' = '"
                    + rows + "')");
            run("INSERT INTO l" + rows + " SELECT 'l" + rows + "', CAST(id AS STRING) FROM src");
            List<String> expected =
                    IntStream.rangeClosed(1, 30_000).mapToObj(String::valueOf).toList();
            assertEquals(expected, redis.lrange("l" + rows, 0, -1));
        }
    }

    @Test
    void rowsAppearAfterTheInterval() throws Exception {
        sql("CREATE TABLE src (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '5', "
                + "'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '100000')");
        sql("CREATE TABLE s (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) "
                + "WITH (@redis, 'mode' = 'STRING', 'sink.buffer-flush.interval' = '100 ms')");
        var job = tables.executeSql("INSERT INTO s SELECT CAST(id AS STRING), 'x' FROM src")
                .getJobClient()
                .orElseThrow();
        FlinkCluster.await("a row", () -> redis.exists("1"));
        job.cancel().get();
        FlinkCluster.await("the end of the worker", () -> FlinkCluster.workers().isEmpty());
        assertFalse(redis.exists("90000"));
    }
}
