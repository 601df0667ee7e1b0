package io.drey.flink;

import io.drey.flink.worker.FrameBuffer;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.MultisetType;
import org.apache.flink.table.types.logical.RowType;

/** The bytes of a value that is not NULL, by its type: {@code src/worker/cell-types.ts} says which. */
interface CellCodec {
    /** Appends {@code i32 length | bytes}. */
    void write(Object value, FrameBuffer out);

    /** Reads {@code length} bytes. */
    Object read(ByteBuffer in, int length);

    /**
     * For columns of a type.
     *
     * @throws ValidationException for types that no Redis table has
     */
    static CellCodec of(String column, LogicalType type) {
        switch (type.getTypeRoot()) {
            case CHAR:
            case VARCHAR:
                return bytes(value -> ((StringData) value).toBytes(), StringData::fromBytes, FrameBuffer::putText);
            case BINARY:
            case VARBINARY:
                return bytes(value -> (byte[]) value, bytes -> bytes, FrameBuffer::putBytes);
            case DECIMAL:
                return decimal((DecimalType) type);
            case BOOLEAN:
                return fixed(1, (value, out) -> out.putByte(Boolean.TRUE.equals(value) ? 1 : 0), in -> in.get() != 0);
            case TINYINT:
                return fixed(4, (value, out) -> out.putInt((Byte) value), in -> (byte) in.getInt());
            case SMALLINT:
                return fixed(4, (value, out) -> out.putInt((Short) value), in -> (short) in.getInt());
            case INTEGER:
            case DATE:
            case TIME_WITHOUT_TIME_ZONE:
            case INTERVAL_YEAR_MONTH:
                return fixed(4, (value, out) -> out.putInt((Integer) value), ByteBuffer::getInt);
            case BIGINT:
            case INTERVAL_DAY_TIME:
                return fixed(8, (value, out) -> out.putLong((Long) value), ByteBuffer::getLong);
            case FLOAT:
                return fixed(
                        4, (value, out) -> out.putInt(Float.floatToRawIntBits((Float) value)), ByteBuffer::getFloat);
            case DOUBLE:
                return fixed(
                        8,
                        (value, out) -> out.putLong(Double.doubleToRawLongBits((Double) value)),
                        ByteBuffer::getDouble);
            case TIMESTAMP_WITHOUT_TIME_ZONE:
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE:
                return fixed(12, CellCodec::writeTimestamp, CellCodec::readTimestamp);
            case ARRAY:
                return new ArrayCell(column, ((ArrayType) type).getElementType());
            case MULTISET:
                return new MapCell(column, ((MultisetType) type).getElementType(), new IntType(false));
            case MAP:
                return new MapCell(column, ((MapType) type).getKeyType(), ((MapType) type).getValueType());
            case ROW:
                return new RowCell(column, (RowType) type);
            default:
                throw new ValidationException(ConnectorData.get()
                        .message("columnType", Map.of("column", column, "type", type.asSummaryString())));
        }
    }

    /** Appends a value of a kind. */
    interface Put<T> {
        void put(T value, FrameBuffer out);
    }

    private static CellCodec fixed(int size, Put<Object> put, Function<ByteBuffer, Object> get) {
        return new CellCodec() {
            @Override
            public void write(Object value, FrameBuffer out) {
                out.putInt(size);
                put.put(value, out);
            }

            @Override
            public Object read(ByteBuffer in, int length) {
                return get.apply(in);
            }
        };
    }

    private static void writeTimestamp(Object value, FrameBuffer out) {
        TimestampData time = (TimestampData) value;
        out.putLong(time.getMillisecond());
        out.putInt(time.getNanoOfMillisecond());
    }

    private static TimestampData readTimestamp(ByteBuffer in) {
        return TimestampData.fromEpochMillis(in.getLong(), in.getInt());
    }

    /** Values that have bytes of their own. */
    private static CellCodec bytes(
            Function<Object, byte[]> bytesOf, Function<byte[], Object> valueOf, BiConsumer<FrameBuffer, byte[]> put) {
        return new CellCodec() {
            @Override
            public void write(Object value, FrameBuffer out) {
                byte[] bytes = bytesOf.apply(value);
                out.putInt(bytes.length);
                put.accept(out, bytes);
            }

            @Override
            public Object read(ByteBuffer in, int length) {
                byte[] bytes = new byte[length];
                in.get(bytes);
                return valueOf.apply(bytes);
            }
        };
    }

    private static CellCodec decimal(DecimalType type) {
        return bytes(
                value -> ((DecimalData) value).toBigDecimal().toPlainString().getBytes(StandardCharsets.US_ASCII),
                bytes -> DecimalData.fromBigDecimal(
                        new BigDecimal(new String(bytes, StandardCharsets.US_ASCII)),
                        type.getPrecision(),
                        type.getScale()),
                FrameBuffer::putBytes);
    }

    /** {@code cell}, or -1 for NULL. */
    private static void writeNullable(CellCodec codec, Object value, FrameBuffer out) {
        if (value == null) {
            out.putInt(-1);
        } else {
            codec.write(value, out);
        }
    }

    private static Object readNullable(CellCodec codec, ByteBuffer in) {
        int length = in.getInt();
        return length < 0 ? null : codec.read(in, length);
    }

    /** {@code u32 n | n x cell} */
    final class ArrayCell implements CellCodec {
        private final CellCodec element;
        private final ArrayData.ElementGetter getter;

        private ArrayCell(String column, LogicalType type) {
            element = CellCodec.of(column, type);
            getter = ArrayData.createElementGetter(type);
        }

        @Override
        public void write(Object value, FrameBuffer out) {
            ArrayData array = (ArrayData) value;
            int mark = out.beginCell();
            out.putInt(array.size());
            for (int i = 0; i < array.size(); i++) {
                writeNullable(element, getter.getElementOrNull(array, i), out);
            }
            out.endCell(mark);
        }

        @Override
        public Object read(ByteBuffer in, int length) {
            Object[] elements = new Object[in.getInt()];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = readNullable(element, in);
            }
            return new GenericArrayData(elements);
        }
    }

    /** {@code u32 n | n x (cell key | cell value)} */
    final class MapCell implements CellCodec {
        private final CellCodec key;
        private final CellCodec value;
        private final ArrayData.ElementGetter keyGetter;
        private final ArrayData.ElementGetter valueGetter;

        private MapCell(String column, LogicalType keyType, LogicalType valueType) {
            key = CellCodec.of(column, keyType);
            value = CellCodec.of(column, valueType);
            keyGetter = ArrayData.createElementGetter(keyType);
            valueGetter = ArrayData.createElementGetter(valueType);
        }

        @Override
        public void write(Object map, FrameBuffer out) {
            ArrayData keys = ((MapData) map).keyArray();
            ArrayData values = ((MapData) map).valueArray();
            int mark = out.beginCell();
            out.putInt(keys.size());
            for (int i = 0; i < keys.size(); i++) {
                writeNullable(key, keyGetter.getElementOrNull(keys, i), out);
                writeNullable(value, valueGetter.getElementOrNull(values, i), out);
            }
            out.endCell(mark);
        }

        @Override
        public Object read(ByteBuffer in, int length) {
            Map<Object, Object> map = new HashMap<>();
            for (int count = in.getInt(); count > 0; count--) {
                map.put(readNullable(key, in), readNullable(value, in));
            }
            return new GenericMapData(map);
        }
    }

    /** {@code u16 n | n x cell}, as a key is. */
    final class RowCell implements CellCodec {
        private final RowCodec fields;

        private RowCell(String column, RowType type) {
            List<LogicalType> types = type.getChildren();
            fields = new RowCodec(Collections.nCopies(types.size(), column), types);
        }

        @Override
        public void write(Object row, FrameBuffer out) {
            int mark = out.beginCell();
            fields.writeKey((RowData) row, out);
            out.endCell(mark);
        }

        @Override
        public Object read(ByteBuffer in, int length) {
            return fields.readKey(in);
        }
    }
}
