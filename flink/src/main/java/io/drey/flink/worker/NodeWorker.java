package io.drey.flink.worker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker process. Its program, frames and answers go over its standard streams: there is no address that somebody else could
 * connect to, nothing on disk, and it ends with this JVM however that ends.
 *
 * <p>One thread writes, one reads: task threads only put frames into a queue (which the windows of the channels bound), so that
 * a cancelled task's interrupt cannot break what other tasks use. A worker that dies or stands still fails every channel; it is
 * never replaced under a running task, as only a restart of the job goes back to a checkpoint.
 */
final class NodeWorker {
    private static final Logger LOG = LoggerFactory.getLogger(NodeWorker.class);

    private static final long START_LIMIT_SECONDS = 60;
    private static final long STOP_LIMIT_SECONDS = 5;
    private static final int TURNS_WITHIN_LIMIT = 30;
    private static final int TURNS_OF_A_PING = 5;
    private static final long EXIT_LIMIT_SECONDS = 2;

    /** Room for them. V8 would begin with a small one, collected all the time, and end with three times 64, at no gain. */
    private static final int SHORT_LIVED_ROWS_MB = 16;

    /** Reads the worker's text from standard input, so that it need not be on disk, and runs it. */
    private static final String BOOTSTRAP = """
            const [major, minor] = process.versions.node.split('.').map(Number);
            if (major < 22 || (major === 22 && minor < 22)) {
              console.error(`ERROR Node.js 22.22 or newer is needed, but ${process.execPath} is ${process.versions.node}.`);
              process.exit(78);
            }
            const { readSync } = require('fs');
            function read(size) {
              const bytes = Buffer.alloc(size);
              for (let at = 0, n; at < size; at += n) {
                n = readSync(0, bytes, at, size - at);
                if (n === 0) process.exit(0);
              }
              return bytes;
            }
            const text = read(read(4).readUInt32LE(0)).toString();
            const names = ['require', 'module', 'exports'];
            require('vm').compileFunction(text, names, { filename: 'drey-worker.cjs' })(require, { exports: {} }, {});
            """;

    private static final FrameBuffer.Frame STOP = new FrameBuffer.Frame(new byte[0], 0);

    private final Process process;
    private final Duration silenceLimit;
    private final Map<Integer, WorkerChannel> channels = new ConcurrentHashMap<>();
    private final AtomicInteger channelNumbers = new AtomicInteger();
    private final LinkedBlockingQueue<FrameBuffer.Frame> outgoing = new LinkedBlockingQueue<>();
    private final WorkerLog log;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch greeted = new CountDownLatch(1);
    private final Queue<WorkerChannel> lingering = new ConcurrentLinkedQueue<>();
    /** Of the lingering ones; of the watching thread. */
    private int mayClose;

    private volatile long framesRead;
    private volatile IOException dead;
    private volatile boolean stopping;

    private NodeWorker(Process process, WorkerSettings settings) {
        this.process = process;
        log = new WorkerLog(process);
        silenceLimit = settings.silenceLimit();
    }

    /** Starts a process and waits for its first frame. */
    static NodeWorker start(WorkerSettings settings) throws IOException {
        byte[] text = workerText();
        long begin = System.nanoTime();
        try (NodeProgram program = NodeProgram.find(settings, System::getenv)) {
            ProcessBuilder builder = new ProcessBuilder(
                    program.command(),
                    "--max-old-space-size=" + settings.heapMegabytes(),
                    "--min-semi-space-size=" + SHORT_LIVED_ROWS_MB,
                    "--max-semi-space-size=" + SHORT_LIVED_ROWS_MB,
                    "-e",
                    BOOTSTRAP);
            // Options meant for other programs (an inspector, a loader) do not belong into this one.
            builder.environment().remove("NODE_OPTIONS");
            NodeWorker worker = new NodeWorker(started(builder), settings);
            worker.begin(text);
            LOG.info("Worker {} answers after {} ms.", worker.pid(), (System.nanoTime() - begin) / 1_000_000);
            return worker;
        }
    }

    /** The JVM watches processes with threads that outlive them, and that keep the class loader of whoever had them started. */
    private static Process started(ProcessBuilder builder) throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader ofJob = thread.getContextClassLoader();
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        try {
            return builder.start();
        } catch (IOException e) {
            throw new IOException(
                    "Node.js on host '" + NodeProgram.host() + "': '"
                            + builder.command().get(0) + "' cannot be run.",
                    e);
        } finally {
            thread.setContextClassLoader(ofJob);
        }
    }

    private static byte[] workerText() throws IOException {
        try (InputStream text = NodeWorker.class.getResourceAsStream("/io/drey/flink/worker/worker.cjs")) {
            if (text == null) {
                throw new IOException("The jar of connector 'redis' is not complete: it has no worker.");
            }
            return text.readAllBytes();
        }
    }

    private void begin(byte[] text) throws IOException {
        byte[] length = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(text.length)
                .array();
        outgoing.add(new FrameBuffer.Frame(length, length.length));
        outgoing.add(new FrameBuffer.Frame(text, text.length));
        thread("log", log);
        thread("read", this::readLoop);
        thread("write", this::writeLoop);
        thread("watch", this::watchLoop);
        boolean interrupted = false;
        try {
            if (!greeted.await(START_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                fail(new IOException("it did not answer within " + START_LIMIT_SECONDS + " s"));
            }
        } catch (InterruptedException e) {
            interrupted = true;
            fail(new IOException("interrupted while it started"));
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        IOException reason = dead;
        if (reason != null) {
            throw new IOException(reason.getMessage(), reason.getCause());
        }
    }

    private void thread(String name, Runnable loop) {
        Thread thread = new Thread(loop, "drey-worker-" + name + "-" + process.pid());
        thread.setDaemon(true);
        thread.start();
    }

    long pid() {
        return process.pid();
    }

    boolean isDead() {
        return dead != null;
    }

    WorkerChannel newChannel() {
        int number = channelNumbers.incrementAndGet();
        WorkerChannel channel = new WorkerChannel(this, number);
        channels.put(number, channel);
        IOException reason = dead;
        if (reason != null) {
            channel.fail(reason);
        }
        return channel;
    }

    void remove(WorkerChannel channel) {
        channels.remove(channel.number());
    }

    /** Takes a frame over; the reason why not, where the worker is dead. */
    IOException send(FrameBuffer.Frame frame) {
        IOException reason = dead;
        if (reason == null) {
            outgoing.add(frame);
        }
        return reason;
    }

    private void writeLoop() {
        try (OutputStream out = process.getOutputStream()) {
            while (true) {
                FrameBuffer.Frame frame = outgoing.poll();
                if (frame == null) {
                    out.flush();
                    frame = outgoing.take();
                }
                if (frame == STOP) {
                    return;
                }
                out.write(frame.bytes(), 0, frame.length());
            }
        } catch (IOException e) {
            fail(new IOException(exitText("writing to it failed: " + e.getMessage())));
        } catch (InterruptedException e) {
            fail(new IOException("interrupted"));
        }
    }

    private void readLoop() {
        FrameReader reader = new FrameReader(process.getInputStream());
        long frames = 0;
        try {
            while (true) {
                FrameReader.Received frame = reader.next();
                framesRead = ++frames;
                onFrame(frame);
            }
        } catch (EOFException e) {
            fail(new IOException(exitText(e.getMessage())));
        } catch (IOException | RuntimeException e) {
            fail(new IOException(e.getMessage(), e));
        } catch (OutOfMemoryError e) {
            fail(new IOException("an answer of it does not fit into this TaskManager's memory", e));
        }
    }

    private void onFrame(FrameReader.Received frame) throws IOException {
        if (frame.type() == FrameType.HELLO) {
            int min = frame.body().getShort() & 0xffff;
            int max = frame.body().getShort() & 0xffff;
            if (FrameType.VERSION < min || FrameType.VERSION > max) {
                throw new IOException("it speaks version " + min + " to " + max + " of the frame protocol, the jar "
                        + FrameType.VERSION);
            }
            greeted.countDown();
            return;
        }
        if (frame.type() == FrameType.PONG) {
            onMetrics(StandardCharsets.UTF_8.decode(frame.body()).toString());
            return;
        }
        WorkerChannel channel = channels.get(frame.channel());
        if (channel != null) {
            channel.onFrame(frame);
        }
    }

    @SuppressWarnings("unchecked")
    private void onMetrics(String json) {
        ((Map<String, Map<String, Double>>) Json.parse(json)).forEach((number, values) -> {
            WorkerChannel channel = channels.get(Integer.valueOf(number));
            if (channel != null) {
                channel.metrics(values);
            }
        });
    }

    /** Why a stream of it has ended. */
    private String exitText(String otherwise) {
        try {
            if (process.waitFor(EXIT_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                log.awaitEnd(TimeUnit.SECONDS.toMillis(EXIT_LIMIT_SECONDS));
                return "it ended with exit status " + process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return otherwise;
    }

    /**
     * A stopped process or an endless loop is seen here; the loop ends with the worker. Turns are counted, not time: a pause of
     * this JVM is none of the worker.
     */
    private void watchLoop() {
        long turnMillis = Math.max(1, silenceLimit.toMillis() / TURNS_WITHIN_LIMIT);
        long seen = 0;
        int silentTurns = 0;
        try {
            for (int turn = 1; !ended.await(turnMillis, TimeUnit.MILLISECONDS); turn++) {
                closeLingering();
                long frames = framesRead;
                silentTurns = frames == seen ? silentTurns + 1 : 0;
                seen = frames;
                if (silentTurns >= TURNS_WITHIN_LIMIT) {
                    fail(new IOException("it has been silent for " + silenceLimit.toMillis() + " ms"));
                } else if (turn % TURNS_OF_A_PING == 0 && greeted.getCount() == 0) {
                    send(new FrameBuffer(0).finish(FrameType.PING, 0, 1));
                }
            }
        } catch (InterruptedException e) {
            fail(new IOException("interrupted"));
        }
    }

    /** Closes the channel with one of the next turns of the watch. */
    void closeLater(WorkerChannel channel) {
        lingering.add(channel);
    }

    /** Those that were there at the last turn already. */
    private void closeLingering() {
        for (; mayClose > 0; mayClose--) {
            lingering.remove().close();
        }
        mayClose = lingering.size();
    }

    private void fail(IOException reason) {
        synchronized (this) {
            if (dead != null) {
                return;
            }
            dead = stopping ? reason : described(reason);
        }
        if (!stopping) {
            LOG.warn("{}", dead.getMessage());
        }
        ended.countDown();
        greeted.countDown();
        outgoing.clear();
        outgoing.add(STOP);
        process.destroyForcibly();
        for (WorkerChannel channel : channels.values()) {
            channel.fail(dead);
        }
    }

    private IOException described(IOException reason) {
        String what = greeted.getCount() == 0 ? "is lost" : "does not start";
        String message = "Worker " + process.pid() + " of connector 'redis' on host '" + NodeProgram.host() + "' "
                + what + ": " + reason.getMessage() + log.lastErrors();
        return new IOException(message, reason.getCause());
    }

    /**
     * Closes the worker's input, upon which it ends; kills it when it does not. Waits for its end, whatever interrupts come: a
     * task that was cancelled leaves nothing behind either.
     */
    void stop() {
        stopping = true;
        outgoing.add(STOP);
        boolean interrupted = Thread.interrupted();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_LIMIT_SECONDS);
        while (process.isAlive()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                LOG.warn("Worker {} does not end: it is killed.", process.pid());
                process.destroyForcibly();
                deadline = Long.MAX_VALUE;
                left = TimeUnit.SECONDS.toNanos(STOP_LIMIT_SECONDS);
            }
            try {
                if (!process.waitFor(left, TimeUnit.NANOSECONDS) && deadline == Long.MAX_VALUE) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        fail(new IOException("it was stopped"));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
