package io.drey.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LookupJobTest extends JobTest {
    private static final String JOIN = " FROM s LEFT JOIN d FOR SYSTEM_TIME AS OF s.p AS d ON s.k = d.k";

    @BeforeEach
    void keys() {
        sql("CREATE TEMPORARY VIEW s AS SELECT k, x, PROCTIME() AS p FROM (VALUES ('a', '1'), ('b', '2'), ('c', '9'), "
                + "(CAST(NULL AS STRING), '1'), ('a', '2')) AS t (k, x)");
        redis.mset("a", "1", "b", "2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ", 'async' = 'true'",
                ", 'cache' = 'LRU'",
                ", 'cache' = 'LRU', 'async' = 'true', 'cacheTTLMs' = '60000', 'cacheEmpty' = 'false'",
                ", 'cache' = 'ALL'",
                ", 'cache' = 'LRU', 'cache.invalidation' = 'tracking'"
            })
    void findsRows(String options) throws Exception {
        sql("CREATE TABLE d (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis" + options + ")");
        assertEquals(
                List.of("+I[a, 1]", "+I[a, 1]", "+I[b, 2]", "+I[c, null]", "+I[null, null]"),
                rows("SELECT s.k, d.v" + JOIN));
    }

    @Test
    @Tag("short")
    void readsHashes() throws Exception {
        redis.hset("h", Map.of("f", "1", "g", "2"));
        redis.hset("names", Map.of("a", "Ada"));
        sql(
                "CREATE TABLE d (k STRING, f STRING, g STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis, 'mode' = 'HASHMAP')");
        sql("CREATE TABLE n (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis, 'hashName' = 'names')");
        sql("CREATE TEMPORARY VIEW q AS SELECT k, PROCTIME() AS p FROM (VALUES ('h'), ('i')) AS t (k)");
        assertEquals(
                List.of("+I[h, 1, 2]"),
                rows("SELECT q.k, d.f, d.g FROM q JOIN d FOR SYSTEM_TIME AS OF q.p AS d ON q.k = d.k"));
        assertEquals(
                List.of("+I[a, Ada]", "+I[a, Ada]"),
                rows("SELECT s.k, n.v FROM s JOIN n FOR SYSTEM_TIME AS OF s.p AS n ON s.k = n.k"));
    }

    /** Flink does not look again at an equality with a column of the other side. */
    @Test
    void comparesOtherColumnsThanTheKey() throws Exception {
        sql("CREATE TABLE d (v STRING, k STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis)");
        assertEquals(
                List.of("+I[a, 1, 1]", "+I[b, 2, 2]"),
                rows("SELECT s.k, s.x, d.v FROM s JOIN d FOR SYSTEM_TIME AS OF s.p AS d ON s.x = d.v AND s.k = d.k"));
        assertEquals(
                List.of("+I[a, 1, 1]", "+I[a, 2, 1]"),
                rows("SELECT s.k, s.x, d.v FROM s JOIN d FOR SYSTEM_TIME AS OF s.p AS d ON s.k = d.k AND d.v = '1'"));
        assertEquals(
                List.of("+I[a, 1, 1]", "+I[a, 2, 1]"),
                rows("SELECT s.k, s.x, d.v FROM s JOIN d FOR SYSTEM_TIME AS OF s.p AS d ON s.k = d.k WHERE d.k = 'a'"));
    }

    @Test
    @Tag("short")
    void findsManyRowsInOrder() throws Exception {
        sql("CREATE TABLE d (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis)");
        sql(
                "CREATE TABLE src (id BIGINT, p AS PROCTIME()) WITH ('connector' = 'datagen', 'fields.id.kind' = 'sequence', "
                        + "'fields.id.start' = '0', 'fields.id.end' = '19999', 'rows-per-second' = '10000000')");
        redis.flushAll();
        try (var pipeline = redis.pipelined()) {
            for (int i = 0; i < 20_000; i += 2) {
                pipeline.set("n" + i, "v" + i);
            }
        }
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            expected.add("+I[" + i + ", " + (i % 2 == 0 ? "v" + i : "null") + "]");
        }
        assertEquals(
                expected,
                rowsInOrder("SELECT src.id, d.v FROM src LEFT JOIN d FOR SYSTEM_TIME AS OF src.p AS d "
                        + "ON 'n' || CAST(src.id AS STRING) = d.k"));
    }

    /** Of which there are only a few at a time in the worker. */
    @Test
    void findsLargeValues() throws Exception {
        sql("CREATE TABLE d (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis)");
        sql(
                "CREATE TABLE src (id BIGINT, p AS PROCTIME()) WITH ('connector' = 'datagen', 'fields.id.kind' = 'sequence', "
                        + "'fields.id.start' = '1', 'fields.id.end' = '100', 'rows-per-second' = '10000000')");
        String large = "x".repeat(1_000_000);
        for (int i = 1; i <= 100; i++) {
            redis.set("n" + i, large + i);
        }
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            expected.add("+I[" + i + ", " + (1_000_000 + String.valueOf(i).length()) + "]");
        }
        assertEquals(
                expected,
                rowsInOrder("SELECT src.id, CHAR_LENGTH(d.v) FROM src LEFT JOIN d FOR SYSTEM_TIME AS OF src.p AS d "
                        + "ON 'n' || CAST(src.id AS STRING) = d.k"));
    }

    @Test
    void writesAndFindsAHugeValue() throws Exception {
        sql("CREATE TABLE d (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis, 'mode' = 'STRING')");
        run("INSERT INTO d SELECT k, REPEAT(x, 70000000) FROM s WHERE k = 'b'");
        assertEquals(70_000_000, redis.strlen("b"));
        assertEquals(List.of("+I[b, 70000000]"), rows("SELECT s.k, CHAR_LENGTH(d.v)" + JOIN + " WHERE s.k = 'b'"));
    }

    @Test
    void findsColumnsOfEveryTypeThroughAFormat() throws Exception {
        sql(
                "CREATE TABLE d (k STRING, a TINYINT, b SMALLINT, c INT, e BIGINT, f FLOAT, g DOUBLE, h DECIMAL(10, 2), i DATE, "
                        + "j TIME, l TIMESTAMP(6), m BYTES, n BOOLEAN, o ARRAY<STRING>, p MAP<STRING, INT>, "
                        + "q ROW<x INT, y ARRAY<ROW<z BIGINT>>>, r STRING, PRIMARY KEY (k) NOT ENFORCED) "
                        + "WITH (@redis, 'mode' = 'STRING', 'value.format' = 'json')");
        run(
                "INSERT INTO d VALUES ('a', CAST(-1 AS TINYINT), CAST(-2 AS SMALLINT), -3, -4, CAST(0.1 AS FLOAT), 0.1E0, 12.30, "
                        + "DATE '2024-02-29', TIME '12:34:56', TIMESTAMP '1969-12-31 23:59:59.123456', X'00ff', true, "
                        + "ARRAY['p', 'ü'], MAP['m', 1], ROW(7, ARRAY[ROW(9007199254740993)]), CAST(NULL AS STRING))");
        assertEquals(
                List.of(
                        "+I[a, -1, -2, -3, -4, 0.1, 0.1, 12.30, 2024-02-29, 12:34:56, 1969-12-31T23:59:59.123456, [0, -1], true, "
                                + "[p, ü], {m=1}, +I[7, [+I[9007199254740993]]], null]"),
                rows("SELECT d.*" + JOIN + " WHERE s.k = 'a' AND s.x = '1'"));
    }

    @Test
    @Tag("short")
    void answersASynchronousPlan() throws Exception {
        sql("CREATE TABLE d (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis)");
        assertEquals(
                List.of("+I[a, 1]", "+I[a, 1]", "+I[b, 2]", "+I[c, null]", "+I[null, null]"),
                rows("SELECT /*+ LOOKUP('table'='d', 'async'='false') */ s.k, d.v" + JOIN));
    }

    @Test
    void asksAgainWhereTheHintSaysSo() throws Exception {
        sql("CREATE TABLE d (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis)");
        redis.del("a");
        assertEquals(
                List.of("+I[a, null]", "+I[a, null]", "+I[b, 2]", "+I[c, null]", "+I[null, null]"),
                rows("SELECT /*+ LOOKUP('table'='d', 'retry-predicate'='lookup_miss', 'retry-strategy'='fixed_delay', "
                        + "'fixed-delay'='10ms', 'max-attempts'='2') */ s.k, d.v"
                        + JOIN));
    }

    @Test
    void refusesAJoinWithoutTheKey() {
        sql("CREATE TABLE d (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis)");
        Exception error = assertThrows(
                Exception.class, () -> rows("SELECT s.k FROM s JOIN d FOR SYSTEM_TIME AS OF s.p AS d ON s.k = d.v"));
        assertTrue(
                messages(error)
                        .contains("Temporal table join requires an equality condition on the primary key 'k' of table "
                                + "[default_catalog.default_database.d]"),
                messages(error));
    }

    @Test
    void saysThatItCannotBeScanned() {
        sql("CREATE TABLE d (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis)");
        Exception error = assertThrows(Exception.class, () -> rows("SELECT * FROM d"));
        assertTrue(messages(error).contains("can only be used as a lookup table or a sink"), messages(error));
    }
}
