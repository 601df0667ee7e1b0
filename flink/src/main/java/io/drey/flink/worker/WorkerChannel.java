package io.drey.flink.worker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One operator subtask's line to the worker. Any thread may call; answers come on the worker's reading thread, which must not be
 * held up.
 */
public final class WorkerChannel implements AutoCloseable {
    /** Gets the answer to a request. */
    public interface Answer {
        /** The answer, or a part of it. */
        void part(ByteBuffer body, boolean isLast);

        /** There is no answer, or no more of it. */
        void failed(IOException error);
    }

    /** Waits for an answer of one part. */
    private static final class AwaitedAnswer extends CompletableFuture<ByteBuffer> implements Answer {
        @Override
        public void part(ByteBuffer body, boolean isLast) {
            complete(body);
        }

        @Override
        public void failed(IOException error) {
            completeExceptionally(error);
        }
    }

    private final NodeWorker worker;
    private final int number;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, Answer> waiting = new ConcurrentHashMap<>();
    private volatile IOException dead;
    private volatile Consumer<Map<String, Double>> onMetrics = values -> {};
    private Runnable onClose = () -> {};
    private boolean closed;

    WorkerChannel(NodeWorker worker, int number) {
        this.worker = worker;
        this.number = number;
    }

    int number() {
        return number;
    }

    void onClose(Runnable action) {
        onClose = action;
    }

    /** Who gets what the worker counts for this channel, now and then; on the worker's reading thread. */
    public void onMetrics(Consumer<Map<String, Double>> receiver) {
        onMetrics = receiver;
    }

    void metrics(Map<String, Double> values) {
        onMetrics.accept(values);
    }

    /** Connects a table. @param json its description */
    void open(String json, long limitSeconds) throws IOException {
        call(FrameType.OPEN, json, limitSeconds);
    }

    /** Checks a table without a connection. Answers JSON. */
    String describe(String json, long limitSeconds) throws IOException {
        return StandardCharsets.UTF_8
                .decode(call(FrameType.DESCRIBE, json, limitSeconds))
                .toString();
    }

    private ByteBuffer call(int type, String json, long limitSeconds) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        FrameBuffer frame = new FrameBuffer(bytes.length + 32);
        frame.putInt(FrameType.VERSION);
        frame.putBytes(bytes);
        return await(request(type, frame), limitSeconds);
    }

    /** Sends rows; the answer comes when Redis has answered for all of them. */
    public void write(FrameBuffer rows, Answer answer) {
        send(FrameType.WRITE, rows, answer);
    }

    /** Sends keys; the answer are the rows of each. */
    public void lookup(FrameBuffer keys, Answer answer) {
        send(FrameType.LOOKUP, keys, answer);
    }

    /** The same, waiting for the answer. */
    public ByteBuffer lookup(FrameBuffer keys, long limitSeconds) throws IOException {
        return await(request(FrameType.LOOKUP, keys), limitSeconds);
    }

    private CompletableFuture<ByteBuffer> request(int type, FrameBuffer frame) {
        AwaitedAnswer answer = new AwaitedAnswer();
        send(type, frame, answer);
        return answer;
    }

    private ByteBuffer await(CompletableFuture<ByteBuffer> future, long limitSeconds) throws IOException {
        try {
            return future.get(limitSeconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (IOException) e.getCause();
        } catch (TimeoutException e) {
            throw new IOException("The worker of connector 'redis' did not answer within " + limitSeconds + " s.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while the worker of connector 'redis' was asked.", e);
        }
    }

    private void send(int type, FrameBuffer frame, Answer answer) {
        int id = ids.incrementAndGet();
        waiting.put(id, answer);
        IOException reason = dead != null ? dead : worker.send(frame.finish(type, number, id));
        // `fail` may have run in between: whoever takes the answer out calls it.
        if (reason == null) {
            reason = dead;
        }
        if (reason != null && waiting.remove(id) != null) {
            answer.failed(reason);
        }
    }

    /** On the worker's reading thread. */
    void onFrame(FrameReader.Received frame) {
        Answer answer = frame.isLast() ? waiting.remove(frame.id()) : waiting.get(frame.id());
        if (frame.type() != FrameType.ERROR) {
            if (answer != null) {
                answer.part(frame.body(), frame.isLast());
            }
            return;
        }
        WorkerException error = WorkerException.read(frame.body());
        if (answer != null) {
            answer.failed(error);
        } else {
            fail(error);
        }
    }

    /** Ends every request, now and later. */
    void fail(IOException reason) {
        if (dead == null) {
            dead = reason;
        }
        for (Integer id : waiting.keySet()) {
            Answer answer = waiting.remove(id);
            if (answer != null) {
                answer.failed(reason);
            }
        }
    }

    /** What ended this channel, null while it works. */
    public IOException failure() {
        return dead;
    }

    /** Closes within some seconds, not now. */
    void closeLater() {
        worker.closeLater(this);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        if (dead == null) {
            worker.send(new FrameBuffer(0).finish(FrameType.CLOSE, number, 0));
        }
        worker.remove(this);
        fail(new IOException("The task has ended."));
        onClose.run();
    }
}
