package io.drey.flink.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts what a worker writes to its standard error into this JVM's log, and keeps the last errors of it for whoever reports its end. */
final class WorkerLog implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerLog.class);
    private static final int KEPT_LINES = 15;

    private final Process process;
    private final Deque<String> errors = new ArrayDeque<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    WorkerLog(Process process) {
        this.process = process;
    }

    @Override
    public void run() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log(line);
            }
        } catch (IOException e) {
            LOG.debug("The log of worker {} has ended.", process.pid(), e);
        } finally {
            ended.countDown();
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
            synchronized (errors) {
                errors.add(line);
                if (errors.size() > KEPT_LINES) {
                    errors.remove();
                }
            }
        }
    }

    /** Waits for what a process that has ended still had to say. */
    void awaitEnd(long limitMillis) throws InterruptedException {
        ended.await(limitMillis, TimeUnit.MILLISECONDS);
    }

    /** The last errors, a line each. */
    String lastErrors() {
        synchronized (errors) {
            StringBuilder text = new StringBuilder();
            errors.forEach(line -> text.append("\n  ").append(line));
            return text.toString();
        }
    }
}
