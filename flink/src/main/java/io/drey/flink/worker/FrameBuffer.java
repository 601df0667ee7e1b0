package io.drey.flink.worker;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A frame on its way to the worker, built front to back. All numbers are little endian; see docs/flink.md. */
public final class FrameBuffer {
    /** Bytes before the body. */
    static final int HEADER = 16;

    private static final VarHandle SHORT = view(short[].class);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle LONG = view(long[].class);
    private static final int ASCII_FLAG = 1;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private byte[] bytes;
    private int end = HEADER;
    private boolean ascii = true;

    public FrameBuffer(int capacity) {
        bytes = new byte[Math.max(64, capacity)];
    }

    private static VarHandle view(Class<?> type) {
        return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.LITTLE_ENDIAN);
    }

    /** Bytes so far, with those of the header. */
    public int size() {
        return end;
    }

    public void putByte(int value) {
        ensure(1);
        bytes[end++] = (byte) value;
    }

    public void putShort(int value) {
        ensure(2);
        SHORT.set(bytes, end, (short) value);
        end += 2;
    }

    public void putInt(int value) {
        ensure(4);
        INT.set(bytes, end, value);
        end += 4;
    }

    public void putLong(long value) {
        ensure(8);
        LONG.set(bytes, end, value);
        end += 8;
    }

    /** Leaves room for the length of a cell. Answers where it goes. */
    public int beginCell() {
        putInt(0);
        return end;
    }

    /** The bytes since {@code begin} are the cell's. */
    public void endCell(int begin) {
        INT.set(bytes, begin - 4, end - begin);
    }

    /** Replaces the number at the body's start: how many rows there are is known last. */
    public void setCount(int count) {
        INT.set(bytes, HEADER, count);
    }

    public void putBytes(byte[] value) {
        ensure(value.length);
        System.arraycopy(value, 0, bytes, end, value.length);
        end += value.length;
    }

    /** Bytes of a text; the frame notes whether all of its texts are ASCII, which the worker reads faster. */
    public void putText(byte[] utf8) {
        putBytes(utf8);
        if (ascii) {
            ascii = isAscii(utf8);
        }
    }

    /** Eight bytes at a time: the highest bit of none is set. */
    private static boolean isAscii(byte[] text) {
        int i = 0;
        long seen = 0;
        for (; i <= text.length - Long.BYTES; i += Long.BYTES) {
            seen |= (long) LONG.get(text, i);
        }
        for (; i < text.length; i++) {
            seen |= text[i];
        }
        return (seen & HIGH_BITS) == 0;
    }

    private void ensure(int more) {
        if (bytes.length - end < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, end + more));
        }
    }

    /** The body so far, to be read; also when the frame has left. */
    public ByteBuffer body() {
        return ByteBuffer.wrap(bytes, HEADER, end - HEADER).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Writes the header: the frame is complete. */
    Frame finish(int type, int channel, int id) {
        INT.set(bytes, 0, end - 4);
        INT.set(bytes, 4, type | (ascii ? ASCII_FLAG << 8 : 0));
        INT.set(bytes, 8, channel);
        INT.set(bytes, 12, id);
        return new Frame(bytes, end);
    }

    /** A complete frame: {@code length} bytes of {@code bytes}. */
    record Frame(byte[] bytes, int length) {}
}
