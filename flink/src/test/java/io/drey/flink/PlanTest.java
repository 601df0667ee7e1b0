package io.drey.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.TableDescriptor;
import org.apache.flink.table.api.TableEnvironment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said while a job is planned; nothing runs, and no Redis is there. */
class PlanTest {
    private static final String LOOKUP = "SELECT 1 FROM s JOIN t FOR SYSTEM_TIME AS OF s.p AS t ON s.a = t.a";

    private static final String INSERT = "INSERT INTO t SELECT * FROM u";

    private TableEnvironment tables;

    @BeforeEach
    void fresh() {
        tables = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
        tables.executeSql("CREATE TEMPORARY VIEW s AS SELECT a, PROCTIME() AS p FROM (VALUES ('x'), ('y')) AS v (a)");
    }

    /** The messages from the outside in. Flink's own are different in two releases of it: the connector's count. */
    private String refusal(String columns, String options, String query, boolean withWorker) {
        tables.getConfig().set("drey.plan.check", String.valueOf(withWorker));
        tables.executeSql("DROP TABLE IF EXISTS t");
        tables.executeSql("DROP TABLE IF EXISTS u");
        tables.executeSql("CREATE TABLE t (" + columns + ") WITH ('connector' = 'redis', " + options + ")");
        tables.executeSql(
                "CREATE TABLE u WITH ('connector' = 'datagen') LIKE t (EXCLUDING OPTIONS EXCLUDING CONSTRAINTS)");
        return JobTest.messages(assertThrows(Exception.class, () -> tables.explainSql(query)));
    }

    /** The same words, whether there is a worker to ask or not. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            a STRING, b STRING                                             | 'mode'='STRING'    | has no primary key
            a STRING, b STRING, PRIMARY KEY (a, b) NOT ENFORCED            | 'mode'='STRING'    | declares PRIMARY KEY (`a`, `b`), but mode 'STRING' takes exactly one primary key column. A key of several columns
            a STRING, b STRING, c STRING, PRIMARY KEY (a,b,c) NOT ENFORCED | 'mode'='HASHMAP'   | takes exactly one primary key column, or two for a sink: key and field.
            a STRING, PRIMARY KEY (a) NOT ENFORCED                         | 'mode'='STRING'    | declares 1 column (a), but mode 'STRING' takes exactly 2: key STRING, value STRING.
            a STRING, b STRING, c STRING, PRIMARY KEY (a) NOT ENFORCED     | 'mode'='SET'       | declares 3 columns (a, b, c), but mode 'SET' takes exactly 2
            a STRING, PRIMARY KEY (a) NOT ENFORCED                         | 'mode'='HASHMAP', 'flattenHash'='TRUE' | takes the key and at least one hash field.
            a STRING, b INT, PRIMARY KEY (a) NOT ENFORCED                  | 'mode'='string'    | Column 'b' of table 'default_catalog.default_database.t' is INT, but the value of mode 'STRING' must be STRING (CHAR and VARCHAR too). Declare the column as STRING and use CAST(… AS STRING) in the query.
            b STRING, a BIGINT, PRIMARY KEY (a) NOT ENFORCED               | 'mode'='LIST'      | Column 'a' of table 'default_catalog.default_database.t' is BIGINT, but the key of mode 'LIST' must be STRING
            a STRING, b STRING, c STRING, PRIMARY KEY (a) NOT ENFORCED     | 'mode'='SORTEDSET' | Column 'b' of table 'default_catalog.default_database.t' is STRING, but the score of mode 'SORTEDSET' must be DOUBLE.
            a STRING, b STRING, c STRING, PRIMARY KEY (a,b) NOT ENFORCED   | 'mode'='SORTEDSET' | Column 'c' of table 'default_catalog.default_database.t' is STRING, but the score of mode 'SORTEDSET' must be DOUBLE.
            a STRING, b STRING, c DECIMAL(10,2), PRIMARY KEY (a) NOT ENFORCED | 'mode'='HASHMAP', 'flattenHash'='true' | is DECIMAL(10, 2), but the hash field of mode 'HASHMAP' with flattenHash must be STRING
            """)
    void refusesSinkTables(String columns, String options, String expected) {
        String with = refusal(columns, "'host'='h', " + options, INSERT, true);
        String without = refusal(columns, "'host'='h', " + options, INSERT, false);
        assertTrue(with.contains(expected), with);
        assertEquals(with, without);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            a STRING, b STRING                                         | 'mode'='STRING'  | has no primary key
            a STRING, b STRING, PRIMARY KEY (a, b) NOT ENFORCED        | 'mode'='HASHMAP' | a dimension table of mode 'HASHMAP' takes exactly one primary key column
            a STRING, b STRING, PRIMARY KEY (a) NOT ENFORCED           | 'mode'='LIST'    | has 'mode' = 'LIST', but a dimension table reads STRING or HASHMAP only.
            a STRING, b STRING, c STRING, PRIMARY KEY (a) NOT ENFORCED | 'hashName'='h'   | a dimension table with 'hashName' takes exactly 2: field STRING, value STRING.
            a STRING, b INT, PRIMARY KEY (a) NOT ENFORCED              | 'cache'='LRU'    | is INT, but the value of a dimension table of mode 'STRING' must be STRING
            """)
    void refusesDimensionTables(String columns, String options, String expected) {
        String with = refusal(columns, "'host'='h', " + options, LOOKUP, true);
        String without = refusal(columns, "'host'='h', " + options, LOOKUP, false);
        assertTrue(with.contains(expected), with);
        assertEquals(with, without);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            'host'='h', 'mode'='STRING', 'prot'='1'     | Unsupported options found for 'redis'.
            'host'='h', 'mode'='STRUNG'                 | Could not parse value 'STRUNG' for option 'mode'. Expected one of: [STRING, LIST, SET, HASHMAP, SORTEDSET]
            'host'='h', 'mode'='STRING', 'port'='x'     | Could not parse value 'x'
            'host'='h', 'mode'='STRING', 'port'='70000' | A port is a number from 1 to 65535, but this is 70000.
            'host'='h', 'mode'='STRING', 'dbNum'='-1'   | The value of 'dbNum' option shouldn't be negative, but is -1.
            'host'='h', 'mode'='STRING', 'socket.timeout'='0 s' | It must be at least 1 ms
            'host'='', 'mode'='STRING'                  | It must not be empty.
            'mode'='STRING'                             | Missing required options are:\\n\\nhost
            'host'='h'                                  | Missing required options are:\\n\\nmode
            """)
    void refusesOptions(String options, String expected) {
        String said = refusal("a STRING, b STRING, PRIMARY KEY (a) NOT ENFORCED", options, INSERT, false);
        assertTrue(said.contains(expected.replace("\\n", "\n")), said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'CONNECTION.pool.MAX-total'='3', 'Mode'='hashmap', 'flattenhash'='true'", "'mode'='SET'"})
    void takesOptionsInAnySpelling(String options) {
        tables.executeSql(
                "CREATE TABLE t (a STRING, b STRING, PRIMARY KEY (a) NOT ENFORCED) WITH ('connector' = 'redis', "
                        + "'HOST' = 'h', " + options + ")");
        assertTrue(tables.explainSql("INSERT INTO t VALUES ('x', 'y')")
                .contains("table=[default_catalog.default_database.t]"));
    }

    /** What only the worker knows: options together. */
    @Test
    @Tag("short")
    void asksTheWorkerWhereThereIsOne() {
        String said = refusal(
                "a STRING, b STRING, PRIMARY KEY (a) NOT ENFORCED",
                "'host'='h', 'mode'='STRING', 'clusterMode'='true', 'dbNum'='3'",
                "INSERT INTO t VALUES ('x', 'y')",
                true);
        assertTrue(said.contains("dbNum"), said);
    }

    @Test
    void namesColumnsOfTypesThatNoTableHas() {
        Schema schema = Schema.newBuilder()
                .column("a", DataTypes.STRING().notNull())
                .column("b", DataTypes.RAW(Thread.class))
                .primaryKey("a")
                .build();
        tables.createTemporaryTable(
                "t",
                TableDescriptor.forConnector("redis")
                        .schema(schema)
                        .option("host", "h")
                        .option("value.format", "json")
                        .build());
        String said = JobTest.messages(assertThrows(Exception.class, () -> tables.explainSql(LOOKUP)));
        assertTrue(said.contains("Column 'b' is RAW('java.lang.Thread'"), said);
    }
}
