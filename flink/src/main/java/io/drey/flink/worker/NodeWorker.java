package io.drey.flink.worker;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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

    private static final long START_LIMIT_SECONDS = 30;
    private static final long STOP_LIMIT_SECONDS = 5;
    private static final long PING_SECONDS = 5;
    private static final int MIN_NODE_MAJOR = 22;
    private static final int LAST_LINES = 15;

    /** Reads the worker's text from standard input, so that it need not be on disk, and runs it. */
    private static final String BOOTSTRAP = "const v=process.versions.node;if(parseInt(v)<" + MIN_NODE_MAJOR + "){"
            + "console.error('ERROR Node.js 22.22 or newer is needed, but '+process.execPath+' is '+v);process.exit(78)}"
            + "const fs=require('fs');const read=n=>{const b=Buffer.alloc(n);"
            + "for(let o=0,k;o<n;o+=k){k=fs.readSync(0,b,o,n-o);if(k===0)process.exit(0)}return b};"
            + "const text=read(read(4).readUInt32LE(0)).toString();"
            + "require('vm').compileFunction(text,['require','module','exports'],{filename:'drey-worker.cjs'})"
            + "(require,{exports:{}},{});";

    private static final FrameBuffer.Frame STOP = new FrameBuffer.Frame(new byte[0], 0);

    /** Without any frame of the worker for so long, it is taken for dead. */
    static volatile long silenceLimitMillis = 30_000;

    private final Process process;
    private final Map<Integer, WorkerChannel> channels = new ConcurrentHashMap<>();
    private final AtomicInteger channelNumbers = new AtomicInteger();
    private final LinkedBlockingQueue<FrameBuffer.Frame> outgoing = new LinkedBlockingQueue<>();
    private final Deque<String> lastLines = new ArrayDeque<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch greeted = new CountDownLatch(1);
    private volatile long lastFrameNanos = System.nanoTime();
    private volatile IOException dead;
    private volatile boolean stopping;

    private NodeWorker(Process process) {
        this.process = process;
    }

    /** Starts a process and waits for its first frame. */
    static NodeWorker start(WorkerSettings settings) throws IOException {
        byte[] text = workerText();
        long begin = System.nanoTime();
        try (NodeProgram program = NodeProgram.find(settings)) {
            ProcessBuilder builder = new ProcessBuilder(
                    program.command(), "--max-old-space-size=" + settings.heapMegabytes(), "-e", BOOTSTRAP);
            // Options meant for other programs (an inspector, a loader) do not belong into this one.
            builder.environment().remove("NODE_OPTIONS");
            NodeWorker worker = new NodeWorker(builder.start());
            worker.begin(text);
            LOG.info("Worker {} answers after {} ms.", worker.pid(), (System.nanoTime() - begin) / 1_000_000);
            return worker;
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
        thread("log", this::logLoop);
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
            throw new IOException(
                    "The worker of connector 'redis' could not be started on host '" + NodeProgram.host() + "': "
                            + reason.getMessage(),
                    reason.getCause());
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
            fail(new IOException("writing to it failed: " + e.getMessage()));
        } catch (InterruptedException e) {
            fail(new IOException("interrupted"));
        }
    }

    private void readLoop() {
        FrameReader reader = new FrameReader(process.getInputStream());
        try {
            while (true) {
                FrameReader.Received frame = reader.next();
                lastFrameNanos = System.nanoTime();
                onFrame(frame);
            }
        } catch (EOFException e) {
            fail(new IOException(exitText()));
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
        WorkerChannel channel = channels.get(frame.channel());
        if (channel != null) {
            channel.onFrame(frame);
        }
    }

    private String exitText() {
        try {
            if (process.waitFor(2, TimeUnit.SECONDS)) {
                return "it ended with exit status " + process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "its output has ended";
    }

    /** A stopped process or an endless loop is seen here; the loop ends with the worker. */
    private void watchLoop() {
        try {
            while (!ended.await(PING_SECONDS, TimeUnit.SECONDS)) {
                long silentMillis = (System.nanoTime() - lastFrameNanos) / 1_000_000;
                if (silentMillis > silenceLimitMillis) {
                    fail(new IOException("it has been silent for " + silentMillis / 1000 + " s"));
                } else if (greeted.getCount() == 0) {
                    send(new FrameBuffer(0).finish(FrameType.PING, 0, 1));
                }
            }
        } catch (InterruptedException e) {
            fail(new IOException("interrupted"));
        }
    }

    private void logLoop() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log(line);
            }
        } catch (IOException e) {
            LOG.debug("The log of worker {} has ended.", process.pid(), e);
        }
    }

    private void log(String line) {
        if (line.startsWith("WARN ")) {
            LOG.warn("[worker {}] {}", process.pid(), line.substring(5));
        } else if (line.startsWith("INFO ")) {
            LOG.info("[worker {}] {}", process.pid(), line.substring(5));
        } else if (line.startsWith("DEBUG ")) {
            LOG.debug("[worker {}] {}", process.pid(), line.substring(6));
        } else {
            LOG.error("[worker {}] {}", process.pid(), line);
            synchronized (lastLines) {
                lastLines.add(line);
                if (lastLines.size() > LAST_LINES) {
                    lastLines.remove();
                }
            }
        }
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
        StringBuilder message = new StringBuilder("Worker ")
                .append(process.pid())
                .append(" of connector 'redis' on host '")
                .append(NodeProgram.host())
                .append("' is lost: ")
                .append(reason.getMessage());
        synchronized (lastLines) {
            for (String line : lastLines) {
                message.append("\n  ").append(line);
            }
        }
        return new IOException(message.toString(), reason.getCause());
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
