package io.drey.flink;

import io.drey.flink.worker.FrameBuffer;
import io.drey.flink.worker.WorkerChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.AsyncLookupFunction;
import org.apache.flink.table.functions.FunctionContext;

/**
 * Asks for many keys at once, without a timer: a key that comes while enough questions are under way waits for the next one, which
 * leaves with an answer or when it is large. When little is to be done nothing waits, when much is, the questions grow.
 */
public class RedisAsyncLookupFunction extends AsyncLookupFunction {
    private static final long serialVersionUID = 1L;

    private final TableSpec spec;
    private final LookupKeys keys;
    private final boolean loadsAll;
    private transient LookupConnection connection;

    /** The next question; guarded by the lock. */
    private transient Question next;
    /** Guarded by the lock. */
    private transient LookupPace pace;

    private transient Object lock;

    /** Keys in a frame, and who waits for their rows. Answers come on the worker's thread. */
    private final class Question implements WorkerChannel.Answer {
        private final FrameBuffer frame = new FrameBuffer(1024);
        private final List<Asked> asked = new ArrayList<>();
        /** Present when an answer has begun. */
        private AskedKeys askedKeys;

        private int answered;

        private Question() {
            frame.putInt(0);
        }

        @Override
        public void part(ByteBuffer body, boolean isLast) {
            try {
                int count = body.getInt();
                onAnswered(count, isLast);
                if (askedKeys == null) {
                    askedKeys = connection.asked(frame);
                }
                for (; count > 0; count--) {
                    Asked each = asked.get(answered++);
                    each.complete(keys.matching(connection.answer(body, askedKeys), each.compared));
                }
            } catch (RuntimeException e) {
                giveUp(e);
            }
        }

        @Override
        public void failed(IOException error) {
            // Where the worker is dead, the question that follows is answered in here, and so on: each has the error.
            onAnswered(asked.size() - answered, true);
            giveUp(error);
        }

        private void giveUp(Exception error) {
            asked.forEach(each -> each.completeExceptionally(error));
        }
    }

    /** A key that waits for its rows. */
    private static final class Asked extends CompletableFuture<Collection<RowData>> {
        /** Null where nothing is compared. */
        private final Object[] compared;

        private Asked(Object[] compared) {
            this.compared = compared;
        }
    }

    RedisAsyncLookupFunction(TableSpec spec, LookupKeys keys, boolean loadsAll) {
        this.spec = spec;
        this.keys = keys;
        this.loadsAll = loadsAll;
    }

    @Override
    public void open(FunctionContext context) throws IOException {
        lock = new Object();
        pace = new LookupPace(spec.window());
        connection = LookupConnection.open(spec, keys, loadsAll, context);
    }

    @Override
    public CompletableFuture<Collection<RowData>> asyncLookup(RowData key) {
        Asked asked = new Asked(keys.comparedPart(key));
        Question ready;
        synchronized (lock) {
            if (next == null) {
                next = new Question();
            }
            connection.ask(keys.askedPart(key), next.frame);
            next.asked.add(asked);
            pace.keyGathered();
            ready = takeReady();
        }
        ask(ready);
        return asked;
    }

    /** Under the lock: the next question, if it may leave. */
    private Question takeReady() {
        if (next == null || !pace.mayLeave(next.asked.size())) {
            return null;
        }
        Question ready = next;
        next = null;
        pace.questionLeft();
        return ready;
    }

    /** The question that follows leaves before the rows of this one are read, so that the worker has something to do meanwhile. */
    private void onAnswered(int keys, boolean isLast) {
        Question ready = null;
        synchronized (lock) {
            pace.keysAnswered(keys);
            if (isLast) {
                pace.questionEnded();
                ready = takeReady();
            }
        }
        ask(ready);
    }

    private void ask(Question question) {
        if (question != null) {
            question.frame.setCount(question.asked.size());
            connection.channel().lookup(question.frame, question);
        }
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.channel().close();
        }
    }
}
