package io.drey.flink.worker;

/** Types of frames; J: from the JVM, N: from the worker. */
final class FrameType {
    /** N: who it is. The first frame. */
    static final int HELLO = 1;
    /** J: a table. */
    static final int OPEN = 2;
    /** N: the table is connected. */
    static final int OPENED = 3;
    /** J: rows to write. */
    static final int WRITE = 4;
    /** N: Redis has answered for all rows of the frame. */
    static final int ACK = 5;
    /** J: keys. */
    static final int LOOKUP = 6;
    /** N: the rows of each key. */
    static final int ROWS = 7;
    /** J: the subtask has ended. No reply. */
    static final int CLOSE = 10;
    /** N: a request failed, or with id 0 the channel. */
    static final int ERROR = 12;
    /** J */
    static final int PING = 13;
    /** N: what each channel counts, as JSON. */
    static final int PONG = 14;
    /** J: a table that is to be checked without a connection. */
    static final int DESCRIBE = 15;
    /** N: what the planner has to know of it. */
    static final int DESCRIBED = 16;

    /** Version of the protocol that this jar speaks. */
    static final int VERSION = 1;

    private FrameType() {}
}
