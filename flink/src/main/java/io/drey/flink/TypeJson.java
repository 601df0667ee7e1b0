package io.drey.flink;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BinaryType;
import org.apache.flink.table.types.logical.CharType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.MultisetType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.TimeType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;

/** Types as the connector core writes them (src/types/logical-type.ts). */
final class TypeJson {
    private TypeJson() {}

    static Map<String, Object> of(LogicalType type) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("root", root(type));
        json.put("nullable", type.isNullable());
        if (type instanceof CharType t) {
            json.put("length", t.getLength());
        } else if (type instanceof VarCharType t) {
            json.put("length", t.getLength());
        } else if (type instanceof BinaryType t) {
            json.put("length", t.getLength());
        } else if (type instanceof VarBinaryType t) {
            json.put("length", t.getLength());
        } else if (type instanceof DecimalType t) {
            json.put("precision", t.getPrecision());
            json.put("scale", t.getScale());
        } else if (type instanceof TimeType t) {
            json.put("precision", t.getPrecision());
        } else if (type instanceof TimestampType t) {
            json.put("precision", t.getPrecision());
        } else if (type instanceof LocalZonedTimestampType t) {
            json.put("precision", t.getPrecision());
        } else {
            nested(type, json);
        }
        return json;
    }

    private static void nested(LogicalType type, Map<String, Object> json) {
        if (type instanceof ArrayType t) {
            json.put("element", of(t.getElementType()));
        } else if (type instanceof MultisetType t) {
            json.put("element", of(t.getElementType()));
        } else if (type instanceof MapType t) {
            json.put("key", of(t.getKeyType()));
            json.put("value", of(t.getValueType()));
        } else if (type instanceof RowType t) {
            List<Object> fields = new ArrayList<>();
            for (RowType.RowField field : t.getFields()) {
                Map<String, Object> entry = new LinkedHashMap<>();
                entry.put("name", field.getName());
                entry.put("type", of(field.getType()));
                fields.add(entry);
            }
            json.put("fields", fields);
        }
    }

    private static String root(LogicalType type) {
        switch (type.getTypeRoot()) {
            case TIME_WITHOUT_TIME_ZONE:
                return "TIME";
            case TIMESTAMP_WITHOUT_TIME_ZONE:
                return "TIMESTAMP";
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE:
                return "TIMESTAMP_LTZ";
            case INTERVAL_YEAR_MONTH:
                return "INTERVAL_YEAR_MONTH";
            case INTERVAL_DAY_TIME:
                return "INTERVAL_DAY_TIME";
            case CHAR:
            case VARCHAR:
            case BOOLEAN:
            case BINARY:
            case VARBINARY:
            case DECIMAL:
            case TINYINT:
            case SMALLINT:
            case INTEGER:
            case BIGINT:
            case FLOAT:
            case DOUBLE:
            case DATE:
            case ARRAY:
            case MULTISET:
            case MAP:
            case ROW:
                return type.getTypeRoot().name();
            default:
                throw new IllegalArgumentException(type.asSummaryString());
        }
    }
}
