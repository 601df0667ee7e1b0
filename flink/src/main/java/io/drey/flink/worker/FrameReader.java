package io.drey.flink.worker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Takes frames off the worker's output. */
final class FrameReader {
    static final int MIN_LENGTH = 12;
    static final int MAX_LENGTH = 64 << 20;

    private final InputStream input;

    FrameReader(InputStream input) {
        this.input = input;
    }

    /** A frame of the worker. */
    record Received(int type, int channel, int id, ByteBuffer body) {}

    /**
     * The next frame.
     *
     * @throws EOFException at the end of the output
     */
    Received next() throws IOException {
        byte[] head = input.readNBytes(4);
        if (head.length < 4) {
            throw new EOFException("its output has ended");
        }
        int length = buffer(head).getInt();
        if (length < MIN_LENGTH || length > MAX_LENGTH) {
            throw new IOException("it sent a frame of " + length + " bytes");
        }
        byte[] bytes = input.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("its output has ended in the middle of a frame");
        }
        ByteBuffer frame = buffer(bytes);
        int type = frame.get();
        frame.position(4);
        return new Received(type, frame.getInt(), frame.getInt(), frame);
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
