package io.drey.flink.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FrameBufferTest {
    private static final int FLAGS = 5;

    /** The flags of a frame with these texts. */
    private static int flags(String... texts) {
        FrameBuffer frame = new FrameBuffer(0);
        for (String text : texts) {
            frame.putText(text.getBytes(StandardCharsets.UTF_8));
        }
        return frame.finish(FrameType.WRITE, 1, 1).bytes()[FLAGS];
    }

    @Test
    void saysWhetherAllTextsAreAscii() {
        assertEquals(1, flags());
        assertEquals(1, flags("", "plain", "\u007f".repeat(17)));
        assertEquals(0, flags("é", "plain"));
        for (int length = 1; length < 20; length++) {
            for (int at = 0; at < length; at++) {
                String text = "a".repeat(at) + "\u0080" + "a".repeat(length - at - 1);
                assertEquals(0, flags("plain", text), text);
            }
        }
    }
}
