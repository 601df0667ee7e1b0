package io.drey.flink;

import io.drey.flink.worker.Json;
import io.drey.flink.worker.WorkerSettings;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * Everything a subtask needs to open the table. It travels with the job; the options, and with them the password, reach the
 * worker through its standard input only.
 *
 * @param role {@code sink} or {@code lookup}
 * @param path catalog, database and table
 * @param types of the physical columns, then of the metadata columns that are written
 * @param keys lookup: columns that the worker is asked by
 * @param targetColumns sink: columns that the INSERT names, null for all
 * @param metadata sink: keys of the metadata columns
 */
record TableSpec(
        String role,
        List<String> path,
        List<String> columns,
        List<LogicalType> types,
        int[] primaryKey,
        Map<String, String> options,
        int[] keys,
        int[] targetColumns,
        List<String> metadata,
        String timeZone,
        WorkerSettings worker,
        int window)
        implements Serializable {

    /** {@code default_catalog.default_database.t} */
    String name() {
        return String.join(".", path);
    }

    TableSpec withKeys(int[] columnsOfKey) {
        return new TableSpec(
                role,
                path,
                columns,
                types,
                primaryKey,
                options,
                columnsOfKey,
                targetColumns,
                metadata,
                timeZone,
                worker,
                window);
    }

    TableSpec withOptions(Map<String, String> others) {
        return new TableSpec(
                role,
                path,
                columns,
                types,
                primaryKey,
                others,
                keys,
                targetColumns,
                metadata,
                timeZone,
                worker,
                window);
    }

    TableSpec withTarget(int[] target, List<String> metadataKeys, List<LogicalType> metadataTypes) {
        List<LogicalType> all = new ArrayList<>(types.subList(0, columns.size()));
        all.addAll(metadataTypes);
        return new TableSpec(
                role, path, columns, all, primaryKey, options, keys, target, metadataKeys, timeZone, worker, window);
    }

    /**
     * For its rows.
     *
     * @throws org.apache.flink.table.api.ValidationException for types that no Redis table has
     */
    RowCodec rowCodec() {
        List<String> names = new ArrayList<>(columns);
        names.addAll(metadata);
        return new RowCodec(names, types);
    }

    /** For the OPEN frame. */
    String toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("role", role);
        json.put("table", path);
        List<Object> fields = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            fields.add(named("name", columns.get(i), types.get(i)));
        }
        json.put("columns", fields);
        json.put("primaryKey", list(primaryKey));
        json.put("options", options);
        json.put("keys", list(keys));
        json.put("targetColumns", targetColumns == null ? null : list(targetColumns));
        List<Object> more = new ArrayList<>();
        for (int i = 0; i < metadata.size(); i++) {
            more.add(named("key", metadata.get(i), types.get(columns.size() + i)));
        }
        json.put("metadata", more);
        json.put("timeZone", timeZone);
        return Json.write(json);
    }

    private static Map<String, Object> named(String name, String value, LogicalType type) {
        Map<String, Object> field = new LinkedHashMap<>();
        field.put(name, value);
        field.put("type", TypeJson.of(type));
        return field;
    }

    private static List<Integer> list(int[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }
}
