package io.drey.flink;

import io.drey.flink.worker.FrameBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.types.RowKind;

/**
 * Rows and keys inside frames: {@code row = u8 kind | key}, {@code key = u16 n | n x (i32 length | bytes)}, length -1 for NULL, and -2,
 * in answers, for the text that was asked for in this column.
 */
final class RowCodec {
    /** In place of a length: the text that was asked for. */
    private static final int AS_ASKED = -2;

    private final CellCodec[] cells;
    private final RowData.FieldGetter[] getters;
    /** Most columns are texts: they are copied without a detour. */
    private final boolean[] isText;

    /**
     * For rows of these columns.
     *
     * @throws org.apache.flink.table.api.ValidationException for types that no Redis table has
     */
    RowCodec(List<String> columns, List<LogicalType> types) {
        int count = types.size();
        cells = new CellCodec[count];
        getters = new RowData.FieldGetter[count];
        isText = new boolean[count];
        for (int i = 0; i < count; i++) {
            LogicalType type = types.get(i);
            cells[i] = CellCodec.of(columns.get(i), type);
            getters[i] = RowData.createFieldGetter(type, i);
            isText[i] = type.is(LogicalTypeFamily.CHARACTER_STRING);
        }
    }

    int columns() {
        return cells.length;
    }

    /** Appends a change. Answers how many bytes its cells have. */
    int writeRow(RowData row, FrameBuffer out) {
        out.putByte(row.getRowKind().toByteValue());
        return writeKey(row, out);
    }

    /** Appends the cells of a row. Answers how many bytes they have. */
    int writeKey(RowData row, FrameBuffer out) {
        out.putShort(cells.length);
        int begin = out.size();
        for (int i = 0; i < cells.length; i++) {
            if (row.isNullAt(i)) {
                out.putInt(-1);
            } else if (isText[i]) {
                byte[] text = row.getString(i).toBytes();
                out.putInt(text.length);
                out.putText(text);
            } else {
                cells[i].write(getters[i].getFieldOrNull(row), out);
            }
        }
        return out.size() - begin - 4 * cells.length;
    }

    /**
     * Reads {@code u32 m | m x row}: the rows of one key.
     *
     * @param asked at the key
     * @param places by column, its place in a key
     */
    List<RowData> readRows(ByteBuffer in, AskedKeys asked, int[] places) {
        int count = in.getInt();
        if (count == 0) {
            return List.of();
        }
        if (count == 1) {
            return Collections.singletonList(readRow(in, asked, places));
        }
        List<RowData> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rows.add(readRow(in, asked, places));
        }
        return rows;
    }

    private RowData readRow(ByteBuffer in, AskedKeys asked, int[] places) {
        RowKind kind = RowKind.fromByteValue(in.get());
        GenericRowData row = readCells(in, asked, places);
        row.setRowKind(kind);
        return row;
    }

    /** Reads {@code u16 n | n x cell}. */
    GenericRowData readKey(ByteBuffer in) {
        return readCells(in, null, null);
    }

    private GenericRowData readCells(ByteBuffer in, AskedKeys asked, int[] places) {
        int count = in.getShort();
        GenericRowData row = new GenericRowData(count);
        for (int i = 0; i < count; i++) {
            int length = in.getInt();
            if (length >= 0) {
                row.setField(i, cells[i].read(in, length));
            } else if (length == AS_ASKED) {
                row.setField(i, asked.text(places[i]));
            }
        }
        return row;
    }
}
