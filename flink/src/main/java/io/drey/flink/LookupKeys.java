package io.drey.flink;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * The columns that a join compares by equality: those of the primary key are asked for, the others compared with what was found.
 * Flink hands all of them over, and does not compare an expression of the other side again.
 */
final class LookupKeys implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Columns of the table that Redis is asked by, ascending. */
    private final int[] asked;
    /** The other columns. */
    private final int[] compared;

    private final List<String> askedNames;
    private final List<LogicalType> askedTypes;
    /** Read these columns from a key that Flink hands over. */
    private final RowData.FieldGetter[] askedOf;

    private final RowData.FieldGetter[] comparedOf;
    /** Flink's key is what Redis is asked by. */
    private final boolean isAskedAsIs;

    private LookupKeys(int[] asked, int[] compared, List<Integer> given, TableSpec spec) {
        this.asked = asked;
        this.compared = compared;
        List<LogicalType> types = spec.types();
        askedNames = new ArrayList<>();
        askedTypes = new ArrayList<>();
        for (int column : asked) {
            askedNames.add(spec.columns().get(column));
            askedTypes.add(types.get(column));
        }
        askedOf = getters(asked, given, types);
        comparedOf = getters(compared, given, types);
        isAskedAsIs = Arrays.equals(asked, given.stream().mapToInt(i -> i).toArray());
    }

    private static RowData.FieldGetter[] getters(int[] columns, List<Integer> given, List<LogicalType> types) {
        return Arrays.stream(columns)
                .mapToObj(column -> RowData.createFieldGetter(types.get(column), given.indexOf(column)))
                .toArray(RowData.FieldGetter[]::new);
    }

    /**
     * Sorts the columns of a join.
     *
     * @param keys of the LookupContext
     * @throws ValidationException where a column of the primary key is missing
     */
    static LookupKeys of(TableSpec spec, int[][] keys) {
        List<Integer> given = new ArrayList<>();
        for (int[] key : keys) {
            if (key.length != 1) {
                throw new ValidationException("A Redis table has no nested columns to be joined by.");
            }
            given.add(key[0]);
        }
        if (given.isEmpty()) {
            // Flink's own words, which it says only after it has asked for the functions.
            throw new ValidationException(
                    "Temporal table join requires an equality condition on fields of table [" + spec.name() + "].");
        }
        int[] asked = Arrays.stream(spec.primaryKey()).sorted().toArray();
        if (!Arrays.stream(asked).allMatch(given::contains)) {
            throw new ValidationException(missing(spec, asked, given));
        }
        int[] compared = given.stream()
                .mapToInt(i -> i)
                .filter(i -> Arrays.binarySearch(asked, i) < 0)
                .toArray();
        return new LookupKeys(asked, compared, given, spec);
    }

    private static String missing(TableSpec spec, int[] asked, List<Integer> given) {
        String primaryKey = names(spec, Arrays.stream(asked).boxed().toList());
        return ConnectorData.get()
                .message(
                        "missingKey",
                        Map.of("table", spec.name(), "primaryKey", primaryKey, "given", names(spec, given)));
    }

    private static String names(TableSpec spec, List<Integer> columns) {
        return columns.stream().map(i -> "'" + spec.columns().get(i) + "'").collect(Collectors.joining(", "));
    }

    int[] asked() {
        return asked;
    }

    /** By column of the table, its place among the asked ones; -1 for the others. */
    int[] places(int columns) {
        int[] places = new int[columns];
        Arrays.fill(places, -1);
        for (int i = 0; i < asked.length; i++) {
            places[asked[i]] = i;
        }
        return places;
    }

    /** For the part of a key that Redis is asked by. */
    RowCodec codec() {
        return new RowCodec(askedNames, askedTypes);
    }

    /** The part of a key that Redis is asked by. */
    RowData askedPart(RowData key) {
        return isAskedAsIs ? key : GenericRowData.of(fields(askedOf, key));
    }

    /** The part of a key that is compared; null where there is none. */
    Object[] comparedPart(RowData key) {
        return compared.length == 0 ? null : fields(comparedOf, key);
    }

    private static Object[] fields(RowData.FieldGetter[] getters, RowData key) {
        Object[] fields = new Object[getters.length];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = getters[i].getFieldOrNull(key);
        }
        return fields;
    }

    /** The rows that are equal to {@code part} in the compared columns. */
    Collection<RowData> matching(Collection<RowData> rows, Object[] part) {
        if (part == null || rows.isEmpty()) {
            return rows;
        }
        return rows.stream().filter(row -> matches((GenericRowData) row, part)).toList();
    }

    private boolean matches(GenericRowData row, Object[] part) {
        for (int i = 0; i < compared.length; i++) {
            Object found = row.getField(compared[i]);
            if (found == null || !Objects.deepEquals(found, part[i])) {
                return false;
            }
        }
        return true;
    }
}
