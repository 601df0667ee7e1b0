package io.drey.flink.worker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Takes frames off the worker's output. */
final class FrameReader {
    static final int MIN_LENGTH = 12;
    /** A row with the largest value that Redis takes (512 MB) fits. */
    static final int MAX_LENGTH = 513 << 20;

    private static final int MORE_FLAG = 2;

    private final InputStream input;
    private final byte[] head = new byte[4];

    FrameReader(InputStream input) {
        this.input = input;
    }

    /** A frame of the worker. Where it is not the last one, others with the same id follow. */
    record Received(int type, boolean isLast, int channel, int id, ByteBuffer body) {}

    /**
     * The next frame.
     *
     * @throws EOFException at the end of the output
     */
    Received next() throws IOException {
        if (input.readNBytes(head, 0, head.length) < head.length) {
            throw new EOFException("its output has ended");
        }
        int length = buffer(head).getInt();
        if (length < MIN_LENGTH || length > MAX_LENGTH) {
            throw new IOException("it sent a frame of " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        if (input.readNBytes(bytes, 0, length) < length) {
            throw new EOFException("its output has ended in the middle of a frame");
        }
        ByteBuffer frame = buffer(bytes);
        int type = frame.get();
        boolean isLast = (frame.get() & MORE_FLAG) == 0;
        frame.position(4);
        return new Received(type, isLast, frame.getInt(), frame.getInt(), frame);
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
