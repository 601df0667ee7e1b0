package io.drey.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.drey.flink.worker.FrameBuffer;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

/** The keys of a question, read again beside its answer. */
class AskedKeysTest {
    private final RowCodec keys = new RowCodec(
            List.of("a", "n", "b"), List.of(VarCharType.STRING_TYPE, new BigIntType(), new VarCharType(9)));

    private static StringData text(String value) {
        return StringData.fromString(value);
    }

    @Test
    void hasTheTextsOfEachKeyInItsTurn() {
        FrameBuffer question = new FrameBuffer(64);
        question.putInt(3);
        keys.writeKey(GenericRowData.of(text("one"), 1L, text("")), question);
        keys.writeKey(GenericRowData.of(text("zwölf €"), null, text("b")), question);
        keys.writeKey(GenericRowData.of(text("x".repeat(1000)), 3L, text("c")), question);
        ByteBuffer body = question.body();
        assertEquals(3, body.getInt());
        AskedKeys asked = new AskedKeys(body, keys.columns());
        asked.next();
        assertEquals(text("one"), asked.text(0));
        assertEquals(text(""), asked.text(2));
        asked.next();
        assertEquals(text("b"), asked.text(2));
        assertEquals(text("zwölf €"), asked.text(0));
        asked.next();
        assertEquals(text("x".repeat(1000)), asked.text(0));
        assertEquals(text("c"), asked.text(2));
        assertEquals(0, body.remaining());
    }
}
