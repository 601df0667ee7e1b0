package io.drey.flink;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * Which columns and which primary key a table takes, as {@code connector.json} says of its kind. So a client without Node.js
 * refuses what the worker would; where options give columns another meaning, only the worker knows.
 */
final class ColumnRules {
    private ColumnRules() {}

    /**
     * Checks a table.
     *
     * @throws ValidationException in the connector core's words
     */
    static void check(TableSpec spec, RedisOptions options) {
        Map<?, ?> kind = kindOf(spec, options);
        if (kind == null) {
            return;
        }
        if (kind.containsKey("refused")) {
            throw refusal(kind, "refused", spec, Map.of());
        }
        checkPrimaryKey(kind, spec);
        checkColumns(kind, spec);
    }

    private static Map<?, ?> kindOf(TableSpec spec, RedisOptions options) {
        if (ConnectorData.get().list("undecidedBy").stream().anyMatch(spec.options()::containsKey)) {
            return null;
        }
        for (Object each : ConnectorData.get().list("tables")) {
            Map<?, ?> kind = (Map<?, ?>) each;
            if (kind.get("role").equals(spec.role()) && fits((Map<?, ?>) kind.get("when"), spec, options)) {
                return kind;
            }
        }
        return null;
    }

    private static boolean fits(Map<?, ?> when, TableSpec spec, RedisOptions options) {
        return when.entrySet().stream().allMatch(entry -> {
            String value = options.get(spec.options(), (String) entry.getKey());
            String wanted = (String) entry.getValue();
            return value != null && (wanted.isEmpty() || wanted.equalsIgnoreCase(value.trim()));
        });
    }

    private static void checkPrimaryKey(Map<?, ?> kind, TableSpec spec) {
        int columns = spec.primaryKey().length;
        if (columns == 0) {
            throw refusal(kind, "noKey", spec, Map.of("first", spec.columns().get(0)));
        }
        if (columns > (kind.get("second") == null ? 1 : 2)) {
            String names = Arrays.stream(spec.primaryKey())
                    .mapToObj(column -> "`" + spec.columns().get(column) + "`")
                    .collect(Collectors.joining(", "));
            throw refusal(kind, "wrongKey", spec, Map.of("primaryKey", names));
        }
    }

    private static void checkColumns(Map<?, ?> kind, TableSpec spec) {
        List<?> roles = (List<?>) kind.get("columns");
        int count = spec.columns().size();
        if (count < roles.size() || (count > roles.size() && kind.get("more") != Boolean.TRUE)) {
            String columns =
                    count + (count == 1 ? " column (" : " columns (") + String.join(", ", spec.columns()) + ")";
            throw refusal(kind, "wrongCount", spec, Map.of("columns", columns));
        }
        List<Integer> order = inOrderOfRoles(kind, spec);
        for (int i = 0; i < count; i++) {
            Map<?, ?> role = (Map<?, ?>) roles.get(Math.min(i, roles.size() - 1));
            int column = order.get(i);
            LogicalType type = spec.types().get(column);
            if (!isA((String) role.get("type"), type)) {
                Map<String, String> values = Map.of(
                        "column",
                        spec.columns().get(column),
                        "type",
                        type.copy(true).asSummaryString());
                throw refusal(role, "wrong", spec, values);
            }
        }
    }

    /** The key; the others as they stand in the table, but for what stands in the primary key behind the key. */
    private static List<Integer> inOrderOfRoles(Map<?, ?> kind, TableSpec spec) {
        int[] primaryKey = spec.primaryKey();
        List<Integer> order = IntStream.range(0, spec.columns().size())
                .filter(column -> IntStream.of(primaryKey).noneMatch(key -> key == column))
                .boxed()
                .collect(Collectors.toCollection(ArrayList::new));
        order.add(0, primaryKey[0]);
        if (primaryKey.length > 1) {
            order.add(((Double) kind.get("second")).intValue(), primaryKey[1]);
        }
        return order;
    }

    private static boolean isA(String wanted, LogicalType type) {
        return wanted.equals("DOUBLE") ? type.is(LogicalTypeRoot.DOUBLE) : type.is(LogicalTypeFamily.CHARACTER_STRING);
    }

    private static ValidationException refusal(
            Map<?, ?> texts, String name, TableSpec spec, Map<String, String> values) {
        String text = ConnectorData.fill((String) texts.get(name), values);
        return new ValidationException(ConnectorData.fill(text, Map.of("table", spec.name())));
    }
}
