package io.drey.flink.worker;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The workers of this JVM: one for all channels with equal settings (per class loader, so one per job where the jar came with
 * the job). It starts with the first channel and ends with the last; nothing stays that would hold the class loader.
 */
public final class Workers {
    private static final Map<WorkerSettings, Shared> SHARED = new HashMap<>();

    private static final class Shared {
        private final NodeWorker worker;
        private int users;

        private Shared(NodeWorker worker) {
            this.worker = worker;
        }
    }

    private Workers() {}

    /**
     * Opens a table. Waits until Redis is connected; whoever calls closes the channel.
     *
     * @param json the table, as docs/flink.md says
     */
    public static WorkerChannel open(WorkerSettings settings, String json, long limitSeconds) throws IOException {
        WorkerChannel channel = channel(settings);
        try {
            channel.open(json, limitSeconds);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Checks a table as the worker does when it is opened, without connecting. Answers JSON. The worker stays for some seconds:
     * a job has several tables.
     *
     * @throws WorkerException about the table; any other IOException: there is no worker here
     */
    public static String describe(WorkerSettings settings, String json, long limitSeconds) throws IOException {
        WorkerChannel channel = channel(settings);
        try {
            return channel.describe(json, limitSeconds);
        } finally {
            channel.closeLater();
        }
    }

    private static WorkerChannel channel(WorkerSettings settings) throws IOException {
        Shared shared;
        synchronized (SHARED) {
            shared = SHARED.get(settings);
            if (shared == null || shared.worker.isDead()) {
                shared = new Shared(NodeWorker.start(settings));
                SHARED.put(settings, shared);
            }
            shared.users++;
        }
        WorkerChannel channel = shared.worker.newChannel();
        Shared used = shared;
        channel.onClose(() -> release(settings, used));
        return channel;
    }

    private static void release(WorkerSettings settings, Shared shared) {
        synchronized (SHARED) {
            if (--shared.users > 0) {
                return;
            }
            SHARED.remove(settings, shared);
        }
        shared.worker.stop();
    }
}
