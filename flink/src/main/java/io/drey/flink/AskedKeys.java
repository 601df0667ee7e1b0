package io.drey.flink;

import java.nio.ByteBuffer;
import org.apache.flink.table.data.StringData;

/**
 * Reads the keys of a question once more, one after the other, beside its answer: that does not repeat their texts. A key that
 * waits needs no memory but its place in the question.
 */
final class AskedKeys {
    private final ByteBuffer question;
    /** Where the cells of the key at hand begin, by column, and how many bytes they have. */
    private final int[] starts;

    private final int[] lengths;

    /**
     * @param question its keys, read from the first one on
     * @param columns of a key
     */
    AskedKeys(ByteBuffer question, int columns) {
        this.question = question;
        starts = new int[columns];
        lengths = new int[columns];
    }

    /** Goes to the next key; to the first one at the first call. */
    void next() {
        question.getShort();
        for (int i = 0; i < starts.length; i++) {
            lengths[i] = question.getInt();
            starts[i] = question.position();
            if (lengths[i] > 0) {
                question.position(starts[i] + lengths[i]);
            }
        }
    }

    /** A column of the key at hand, in memory of its own. */
    StringData text(int column) {
        byte[] text = new byte[lengths[column]];
        question.get(starts[column], text);
        return StringData.fromBytes(text);
    }
}
