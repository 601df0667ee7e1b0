package io.drey.flink.worker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** An error that the worker reports; its causes are the worker's causes. */
public final class WorkerException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final String CAUSE = "\nCaused by: ";

    /** Code of errors about names, types, options and schemas. */
    public static final int VALIDATION = 2;

    private final int code;
    private final boolean retryable;

    private WorkerException(int code, boolean retryable, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.retryable = retryable;
    }

    /** Reads the body of an ERROR frame: u16 code, u8 retryable, UTF-8 text with a line a cause. */
    static WorkerException read(ByteBuffer body) {
        int code = body.getShort() & 0xffff;
        boolean retryable = body.get() != 0;
        String text = StandardCharsets.UTF_8.decode(body).toString();
        WorkerException error = null;
        for (int end = text.length(); end > 0; ) {
            int at = text.lastIndexOf(CAUSE, end - 1);
            String message = text.substring(at < 0 ? 0 : at + CAUSE.length(), end);
            error = new WorkerException(code, retryable, message, error);
            end = Math.max(at, 0);
        }
        return error == null ? new WorkerException(code, retryable, "unknown error", null) : error;
    }

    public int code() {
        return code;
    }

    /** Whether a restart of the job may help. */
    public boolean isRetryable() {
        return retryable;
    }
}
