package io.drey.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What happens when a query has rows of several keys of its own for one primary key. Flink 2.3 wants to be told, with ON CONFLICT;
 * 1.20 and 2.2 do not know the clause and let the newest row count.
 */
class OnConflictTest extends JobTest {
    private static final boolean KNOWS_THE_CLAUSE =
            !EnvironmentInformation.getVersion().matches("(1\\.20|2\\.2)\\..*");

    private static final String COUNTS = "(SELECT k, COUNT(*) AS n FROM words GROUP BY k)";
    private static final String BY_THE_KEY = "INSERT INTO s SELECT k, CAST(n AS STRING) FROM " + COUNTS;
    private static final String BY_ANOTHER =
            "INSERT INTO s SELECT SUBSTRING(k, 1, 1), CAST(n AS STRING) FROM " + COUNTS;

    @BeforeEach
    void words() {
        sql("CREATE TEMPORARY VIEW words AS SELECT k FROM (VALUES ('ab'), ('ac'), ('ab'), ('b')) AS t (k)");
        sql("CREATE TABLE s (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) WITH (@redis, 'mode' = 'STRING')");
    }

    /** Also in 2.3, which asks where a sink takes updates: this one takes insertions only from such a query. */
    @Test
    void insertionsNeedNoClause() throws Exception {
        sql("CREATE TABLE l (k STRING, v STRING, PRIMARY KEY (k) NOT ENFORCED) "
                + "WITH (@redis, 'mode' = 'LIST', 'key-prefix' = 'list:')");
        run("INSERT INTO s VALUES ('a', '1'), ('a', '2')");
        run("INSERT INTO l VALUES ('a', '1'), ('a', '2')");
        assertEquals("2", redis.get("a"));
        assertEquals(List.of("2", "1"), redis.lrange("list:a", 0, -1));
    }

    @Test
    void updatesByThePrimaryKeyNeedNoClause() throws Exception {
        run(BY_THE_KEY);
        assertEquals(List.of("2", "1", "1"), redis.mget("ab", "ac", "b"));
    }

    @Test
    void updatesByAnotherKeyNeedAClauseWhereThereIsOne() throws Exception {
        if (KNOWS_THE_CLAUSE) {
            String refusal = messages(assertThrows(Exception.class, () -> run(BY_ANOTHER)));
            assertTrue(refusal.contains("Please specify an ON CONFLICT clause"), refusal);
            assertEquals(0, redis.dbSize());
        } else {
            run(BY_ANOTHER);
            assertTheNewestCounts();
        }
    }

    /** The setting makes one script fit all releases. */
    @Test
    void theSettingLetsTheNewestCount() throws Exception {
        tables.getConfig().set("table.exec.sink.require-on-conflict", "false");
        run(BY_ANOTHER);
        assertTheNewestCounts();
    }

    @Test
    void theClauseSaysWhichRowCounts() throws Exception {
        if (!KNOWS_THE_CLAUSE) {
            String refusal =
                    messages(assertThrows(Exception.class, () -> run(BY_ANOTHER + " ON CONFLICT DO DEDUPLICATE")));
            assertTrue(refusal.contains("SQL parse failed"), refusal);
            return;
        }
        run(BY_ANOTHER + " ON CONFLICT DO DEDUPLICATE");
        assertTheNewestCounts();
        redis.flushAll();
        run(BY_ANOTHER + " ON CONFLICT DO NOTHING");
        assertEquals(List.of("1", "1"), redis.mget("a", "b"));
        String failure = messages(assertThrows(Exception.class, () -> run(BY_ANOTHER + " ON CONFLICT DO ERROR")));
        assertTrue(failure.contains("Primary key constraint violation"), failure);
        String notForInsertions = messages(
                assertThrows(Exception.class, () -> run("INSERT INTO s VALUES ('a', '1') ON CONFLICT DO DEDUPLICATE")));
        assertTrue(notForInsertions.contains("only allowed for upsert sinks"), notForInsertions);
    }

    private static void assertTheNewestCounts() {
        assertEquals(Set.of("a", "b"), redis.keys("*"));
        assertEquals("2", redis.get("a"));
        assertEquals("1", redis.get("b"));
    }
}
