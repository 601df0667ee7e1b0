package io.drey.flink;

import io.drey.flink.worker.FrameBuffer;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.types.RowKind;

/** Rows and keys inside frames: {@code row = u8 kind | key}, {@code key = u16 n | n x (i32 length | bytes)}, length -1 for NULL. */
final class RowCodec {
    private enum Cell {
        STRING,
        BOOLEAN,
        TINYINT,
        SMALLINT,
        INT,
        BIGINT,
        FLOAT,
        DOUBLE,
        DECIMAL,
        TIMESTAMP,
        BYTES
    }

    private final Cell[] cells;
    /** Precision of decimals and timestamps. */
    private final int[] precisions;

    private final int[] scales;

    RowCodec(List<LogicalType> types) {
        cells = new Cell[types.size()];
        precisions = new int[types.size()];
        scales = new int[types.size()];
        for (int i = 0; i < cells.length; i++) {
            LogicalType type = types.get(i);
            cells[i] = cell(type);
            if (type instanceof DecimalType decimal) {
                precisions[i] = decimal.getPrecision();
                scales[i] = decimal.getScale();
            } else if (type instanceof TimestampType timestamp) {
                precisions[i] = timestamp.getPrecision();
            } else if (type instanceof LocalZonedTimestampType timestamp) {
                precisions[i] = timestamp.getPrecision();
            }
        }
    }

    private static Cell cell(LogicalType type) {
        switch (type.getTypeRoot()) {
            case CHAR:
            case VARCHAR:
                return Cell.STRING;
            case BOOLEAN:
                return Cell.BOOLEAN;
            case TINYINT:
                return Cell.TINYINT;
            case SMALLINT:
                return Cell.SMALLINT;
            case INTEGER:
            case DATE:
            case TIME_WITHOUT_TIME_ZONE:
                return Cell.INT;
            case BIGINT:
                return Cell.BIGINT;
            case FLOAT:
                return Cell.FLOAT;
            case DOUBLE:
                return Cell.DOUBLE;
            case DECIMAL:
                return Cell.DECIMAL;
            case TIMESTAMP_WITHOUT_TIME_ZONE:
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE:
                return Cell.TIMESTAMP;
            case BINARY:
            case VARBINARY:
                return Cell.BYTES;
            default:
                throw new ValidationException(
                        "On Apache Flink, a Redis table takes characters, numbers, booleans, bytes, dates and times only, not "
                                + type.asSummaryString() + ".");
        }
    }

    /** Appends a change. Answers how many bytes its cells have. */
    int writeRow(RowData row, FrameBuffer out) {
        out.putByte(row.getRowKind().toByteValue());
        return writeKey(row, out);
    }

    /** Appends the cells of a row. Answers how many bytes they have. */
    int writeKey(RowData row, FrameBuffer out) {
        out.putShort(cells.length);
        int bytes = 0;
        for (int i = 0; i < cells.length; i++) {
            if (row.isNullAt(i)) {
                out.putInt(-1);
            } else {
                bytes += writeCell(row, i, out);
            }
        }
        return bytes;
    }

    private int writeCell(RowData row, int i, FrameBuffer out) {
        switch (cells[i]) {
            case STRING:
                byte[] text = row.getString(i).toBytes();
                out.putInt(text.length);
                out.putText(text);
                return text.length;
            case BOOLEAN:
                out.putInt(1);
                out.putByte(row.getBoolean(i) ? 1 : 0);
                return 1;
            case TINYINT:
                return writeInt(row.getByte(i), out);
            case SMALLINT:
                return writeInt(row.getShort(i), out);
            case INT:
                return writeInt(row.getInt(i), out);
            case BIGINT:
                out.putInt(8);
                out.putLong(row.getLong(i));
                return 8;
            case FLOAT:
                return writeInt(Float.floatToRawIntBits(row.getFloat(i)), out);
            case DOUBLE:
                out.putInt(8);
                out.putLong(Double.doubleToRawLongBits(row.getDouble(i)));
                return 8;
            case DECIMAL:
                DecimalData decimal = row.getDecimal(i, precisions[i], scales[i]);
                return writeBytes(decimal.toBigDecimal().toPlainString().getBytes(StandardCharsets.US_ASCII), out);
            case TIMESTAMP:
                TimestampData time = row.getTimestamp(i, precisions[i]);
                out.putInt(12);
                out.putLong(time.getMillisecond());
                out.putInt(time.getNanoOfMillisecond());
                return 12;
            default:
                return writeBytes(row.getBinary(i), out);
        }
    }

    private static int writeInt(int value, FrameBuffer out) {
        out.putInt(4);
        out.putInt(value);
        return 4;
    }

    private static int writeBytes(byte[] value, FrameBuffer out) {
        out.putInt(value.length);
        out.putBytes(value);
        return value.length;
    }

    /** Reads {@code u32 m | m x row}: the rows of one key. */
    List<RowData> readRows(ByteBuffer in) {
        int count = in.getInt();
        if (count == 0) {
            return List.of();
        }
        List<RowData> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rows.add(readRow(in));
        }
        return rows;
    }

    private RowData readRow(ByteBuffer in) {
        RowKind kind = RowKind.fromByteValue(in.get());
        int n = in.getShort();
        GenericRowData row = new GenericRowData(kind, n);
        for (int i = 0; i < n; i++) {
            int length = in.getInt();
            if (length >= 0) {
                row.setField(i, readCell(in, i, length));
            }
        }
        return row;
    }

    private Object readCell(ByteBuffer in, int i, int length) {
        switch (cells[i]) {
            case STRING:
                return StringData.fromBytes(bytes(in, length));
            case BOOLEAN:
                return in.get() != 0;
            case TINYINT:
                return (byte) in.getInt();
            case SMALLINT:
                return (short) in.getInt();
            case INT:
                return in.getInt();
            case BIGINT:
                return in.getLong();
            case FLOAT:
                return in.getFloat();
            case DOUBLE:
                return in.getDouble();
            case DECIMAL:
                String text = new String(bytes(in, length), StandardCharsets.US_ASCII);
                return DecimalData.fromBigDecimal(new BigDecimal(text), precisions[i], scales[i]);
            case TIMESTAMP:
                return TimestampData.fromEpochMillis(in.getLong(), in.getInt());
            default:
                return bytes(in, length);
        }
    }

    private static byte[] bytes(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
