package io.drey.flink;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
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
    /** Where these stand in a key that Flink hands over. */
    private final int[] askedAt;
    /** The other columns, and where they stand. */
    private final int[] compared;
    private final int[] comparedAt;
    private final List<LogicalType> types;

    private LookupKeys(int[] asked, int[] askedAt, int[] compared, int[] comparedAt, List<LogicalType> types) {
        this.asked = asked;
        this.askedAt = askedAt;
        this.compared = compared;
        this.comparedAt = comparedAt;
        this.types = types;
    }

    /**
     * Sorts the columns of a join.
     *
     * @param keys of the LookupContext
     * @throws ValidationException where a column of the primary key is missing
     */
    static LookupKeys of(TableSpec spec, int[][] keys, RedisOptions options) {
        List<Integer> given = new ArrayList<>();
        for (int[] key : keys) {
            if (key.length != 1) {
                throw new ValidationException("A Redis table has no nested columns to be joined by.");
            }
            given.add(key[0]);
        }
        int[] asked = Arrays.stream(spec.primaryKey()).sorted().toArray();
        if (!Arrays.stream(asked).allMatch(given::contains)) {
            throw new ValidationException(missing(spec, asked, given, options));
        }
        int[] compared =
                given.stream().mapToInt(i -> i).filter(i -> Arrays.binarySearch(asked, i) < 0).toArray();
        return new LookupKeys(
                asked,
                Arrays.stream(asked).map(given::indexOf).toArray(),
                compared,
                Arrays.stream(compared).map(given::indexOf).toArray(),
                spec.types());
    }

    private static String missing(TableSpec spec, int[] asked, List<Integer> given, RedisOptions options) {
        String primaryKey = names(spec, Arrays.stream(asked).boxed().toList());
        return options.missingKeyMessage(spec.name(), primaryKey, names(spec, given));
    }

    private static String names(TableSpec spec, List<Integer> columns) {
        return columns.stream().map(i -> "'" + spec.columns().get(i) + "'").collect(Collectors.joining(", "));
    }

    int[] asked() {
        return asked;
    }

    List<LogicalType> askedTypes() {
        return Arrays.stream(asked).mapToObj(types::get).toList();
    }

    /** The part of a key that Redis is asked by. */
    RowData askedPart(RowData key) {
        if (compared.length == 0 && inOrder(askedAt)) {
            return key;
        }
        GenericRowData part = new GenericRowData(asked.length);
        for (int i = 0; i < asked.length; i++) {
            part.setField(i, RowData.createFieldGetter(types.get(asked[i]), askedAt[i]).getFieldOrNull(key));
        }
        return part;
    }

    private static boolean inOrder(int[] positions) {
        for (int i = 0; i < positions.length; i++) {
            if (positions[i] != i) {
                return false;
            }
        }
        return true;
    }

    /** The part of a key that is compared; null where there is none. */
    Object[] comparedPart(RowData key) {
        if (compared.length == 0) {
            return null;
        }
        Object[] part = new Object[compared.length];
        for (int i = 0; i < compared.length; i++) {
            part[i] = RowData.createFieldGetter(types.get(compared[i]), comparedAt[i]).getFieldOrNull(key);
        }
        return part;
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
