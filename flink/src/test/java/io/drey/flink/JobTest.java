package io.drey.flink;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import redis.clients.jedis.Jedis;

/** Jobs on a real cluster with a real Redis; {@code @redis} in a statement stands for the connection. */
abstract class JobTest {
    static RedisServer server;
    static Jedis redis;
    static FlinkCluster cluster;
    TableEnvironment tables;

    @BeforeAll
    static void start() throws Exception {
        server = RedisServer.start();
        redis = server.client();
        cluster = new FlinkCluster();
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
        redis.close();
        server.close();
    }

    @BeforeEach
    void fresh() {
        redis.flushAll();
        tables = cluster.newTables();
    }

    /** A statement that needs no waiting. */
    void sql(String text) {
        tables.executeSql(filled(text));
    }

    static String filled(String text) {
        return text.replace("@redis", "'connector' = 'redis', 'host' = '127.0.0.1', 'port' = '" + server.port() + "'");
    }

    /** Runs a job to its end. */
    void run(String text) throws Exception {
        tables.executeSql(filled(text)).await();
    }

    /** Sorted: of VALUES the planner makes what it likes. */
    List<String> rows(String query) throws Exception {
        List<String> rows = rowsInOrder(query);
        rows.sort(null);
        return rows;
    }

    List<String> rowsInOrder(String query) throws Exception {
        List<String> rows = new ArrayList<>();
        try (CloseableIterator<Row> all = tables.executeSql(filled(query)).collect()) {
            all.forEachRemaining(row -> rows.add(row.toString()));
        }
        return rows;
    }

    /** The messages of an error and its causes, a line each. */
    static String messages(Throwable error) {
        StringBuilder text = new StringBuilder();
        for (Throwable e = error; e != null; e = e.getCause()) {
            text.append(e.getMessage()).append('\n');
        }
        return text.toString();
    }
}
