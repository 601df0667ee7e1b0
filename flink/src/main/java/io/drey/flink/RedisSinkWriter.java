package io.drey.flink;

import io.drey.flink.worker.FrameBuffer;
import io.drey.flink.worker.WorkerChannel;
import io.drey.flink.worker.Workers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * Collects rows into frames. A frame leaves when it is full, old enough, or a checkpoint or the end of input asks for it; a
 * bounded number waits for the answer of Redis. A full frame that finds no room takes more rows until there is some, as each frame
 * costs both processes as much as a hundred rows; only then the task waits. Answers are handled in the task's mailbox.
 */
final class RedisSinkWriter implements SinkWriter<RowData> {
    private static final long OPEN_LIMIT_SECONDS = 120;
    private static final int MAX_FRAME_BYTES = 4 << 20;
    /** A frame with one larger row goes by itself. */
    private static final int MAX_BYTES_IN_FLIGHT = 64 << 20;

    private static final int ROW_BYTES = 128;
    /** Rows in flight where each is sent by itself. */
    private static final int UNBUFFERED_WINDOW = 64;
    /** A frame that waits for room takes no more than these. */
    private static final int MAX_GROWN_ROWS = 1000;
    /** Rows in flight, where the frames of the window have fewer. */
    private static final int ROWS_IN_FLIGHT = 4000;

    private final MailboxExecutor mailbox;
    private final ProcessingTimeService timer;
    private final Counter recordsOut;
    private final Counter bytesOut;
    private final Counter sendErrors;
    /** Flink's REST interface shows the two counters above as numRecordsSend and numBytesSend only. */
    private final Counter shownRecordsOut;

    private final Counter shownBytesOut;
    private final RowCodec codec;
    private final int maxRows;
    /** Of a frame that waits for room. */
    private final int grownRows;

    private final long maxRowsInFlight;

    private final long intervalMillis;
    private final int window;
    private final WorkerChannel channel;

    private FrameBuffer buffer;
    private int rows;
    private int bytes;
    /** The last row is a -U: the +U that may follow belongs into the same frame. */
    private boolean awaitsAfter;

    private boolean timerIsSet;
    /** It is full, or the interval is over, and there was no room for what was buffered. */
    private boolean isDue;

    private int inFlight;
    private int rowsInFlight;
    private long bytesInFlight;
    private volatile long sendTimeMillis;
    private volatile boolean closed;

    private RedisSinkWriter(
            TableSpec spec,
            WorkerChannel channel,
            MailboxExecutor mailbox,
            ProcessingTimeService timer,
            SinkWriterMetricGroup metrics) {
        RedisOptions options = RedisOptions.load();
        int rowsOfOption = Integer.parseInt(
                options.get(spec.options(), "sink.buffer-flush.max-rows").trim());
        maxRows = Math.max(1, rowsOfOption);
        window = rowsOfOption == 0 ? Math.max(UNBUFFERED_WINDOW, spec.window()) : spec.window();
        grownRows = Math.max(maxRows, MAX_GROWN_ROWS);
        maxRowsInFlight = Math.max(ROWS_IN_FLIGHT, (long) window * maxRows);
        intervalMillis = duration(options.get(spec.options(), "sink.buffer-flush.interval"))
                .toMillis();
        codec = spec.rowCodec();
        this.channel = channel;
        this.mailbox = mailbox;
        this.timer = timer;
        recordsOut = metrics.getIOMetricGroup().getNumRecordsOutCounter();
        bytesOut = metrics.getIOMetricGroup().getNumBytesOutCounter();
        sendErrors = metrics.getNumRecordsSendErrorsCounter();
        shownRecordsOut = metrics.addGroup("redis").counter("numRecordsOut");
        shownBytesOut = metrics.addGroup("redis").counter("numBytesOut");
        metrics.setCurrentSendTimeGauge(() -> sendTimeMillis);
        channel.onMetrics(new WorkerMetrics(metrics));
    }

    private static Duration duration(String text) {
        Configuration values = new Configuration();
        values.setString("d", text);
        return values.get(ConfigOptions.key("d").durationType().noDefaultValue());
    }

    static RedisSinkWriter open(
            TableSpec spec, MailboxExecutor mailbox, ProcessingTimeService timer, SinkWriterMetricGroup metrics)
            throws IOException {
        WorkerChannel channel = Workers.open(spec.worker(), spec.toJson(), OPEN_LIMIT_SECONDS);
        try {
            return new RedisSinkWriter(spec, channel, mailbox, timer, metrics);
        } catch (RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void write(RowData row, Context context) throws IOException, InterruptedException {
        if (buffer == null) {
            buffer = new FrameBuffer(Math.min(maxRows, 1024) * ROW_BYTES);
            buffer.putInt(0);
        }
        bytes += codec.writeRow(row, buffer);
        rows++;
        awaitsAfter = row.getRowKind() == RowKind.UPDATE_BEFORE;
        if (!awaitsAfter && (rows >= maxRows || buffer.size() >= MAX_FRAME_BYTES)) {
            if (!hasRoom() && rows < grownRows && buffer.size() < MAX_FRAME_BYTES) {
                isDue = true;
                return;
            }
            send();
            return;
        }
        if (!timerIsSet && intervalMillis > 0) {
            timerIsSet = true;
            timer.registerTimer(timer.getCurrentProcessingTime() + intervalMillis, time -> onTimer());
        }
    }

    /**
     * Does not wait for room: a timer may fire inside of a wait, and Flink swallows what is thrown in a timer, also the interrupt of
     * a task that is cancelled. The wait around it would then go on.
     */
    private void onTimer() {
        timerIsSet = false;
        isDue = rows > 0;
        sendWhatIsDue();
    }

    private void sendWhatIsDue() {
        if (isDue && hasRoom()) {
            sendNow();
        }
    }

    private void send() throws InterruptedException {
        while (rows > 0 && !hasRoom()) {
            mailbox.yield();
        }
        // While it waited, an answer or the timer may have sent what there was.
        if (rows > 0) {
            sendNow();
        }
    }

    private void sendNow() {
        if (closed) {
            return;
        }
        isDue = false;
        FrameBuffer frame = buffer;
        int count = rows;
        int size = bytes;
        buffer = null;
        rows = 0;
        bytes = 0;
        awaitsAfter = false;
        frame.setCount(count);
        inFlight++;
        rowsInFlight += count;
        bytesInFlight += size;
        channel.write(frame, new SentRows(count, size, System.nanoTime()));
    }

    private boolean hasRoom() {
        return inFlight == 0
                || (inFlight < window
                        && rowsInFlight + rows <= maxRowsInFlight
                        && bytesInFlight + buffer.size() <= MAX_BYTES_IN_FLIGHT);
    }

    /** Rows that Redis has not answered for. The answer comes on the worker's thread, and is handled by the task. */
    private final class SentRows implements WorkerChannel.Answer {
        private final int count;
        private final int size;
        private final long begin;

        private SentRows(int count, int size, long begin) {
            this.count = count;
            this.size = size;
            this.begin = begin;
        }

        @Override
        public void part(ByteBuffer body, boolean isLast) {
            inMailbox(() -> {
                inFlight--;
                rowsInFlight -= count;
                bytesInFlight -= size;
                sendTimeMillis = (System.nanoTime() - begin) / 1_000_000;
                recordsOut.inc(count);
                bytesOut.inc(size);
                shownRecordsOut.inc(count);
                shownBytesOut.inc(size);
                sendWhatIsDue();
            });
        }

        @Override
        public void failed(IOException error) {
            inMailbox(() -> {
                inFlight--;
                rowsInFlight -= count;
                bytesInFlight -= size;
                if (!closed) {
                    sendErrors.inc(count);
                    throw error;
                }
            });
        }
    }

    private void inMailbox(ThrowingRunnable<IOException> action) {
        if (closed) {
            return;
        }
        try {
            mailbox.execute(action, "Redis has answered");
        } catch (RejectedExecutionException e) {
            // The task is ending, and asks for no answers any more.
            closed = true;
        }
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        send();
        while (inFlight > 0) {
            mailbox.yield();
        }
        IOException failure = channel.failure();
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() {
        closed = true;
        channel.close();
    }
}
