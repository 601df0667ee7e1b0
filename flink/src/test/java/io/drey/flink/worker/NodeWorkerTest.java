package io.drey.flink.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NodeWorkerTest {
    /** The JVM's own threads for processes live on for a minute, or for as long as there is work for them. */
    @Test
    @Tag("short")
    void noThreadKeepsTheClassLoaderOfAJobThatHasEnded() throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        List<Process> others = new ArrayList<>();
        try (URLClassLoader ofJob = new URLClassLoader(new URL[0], before)) {
            // All threads that are there get something to do, so that the worker needs one of its own.
            for (long idle = processThreads(); idle > 0; idle--) {
                others.add(new ProcessBuilder("sleep", "60").start());
            }
            thread.setContextClassLoader(ofJob);
            NodeWorker worker = NodeWorker.start(new WorkerSettings(null, 64, Duration.ofSeconds(30), List.of()));
            assertSame(ofJob, thread.getContextClassLoader());
            worker.stop();
            thread.setContextClassLoader(before);
            List<String> left = Thread.getAllStackTraces().keySet().stream()
                    .filter(each -> each.getContextClassLoader() == ofJob)
                    .map(Thread::getName)
                    .filter(name -> !name.startsWith("drey-worker-"))
                    .toList();
            assertEquals(List.of(), left);
        } finally {
            thread.setContextClassLoader(before);
            others.forEach(Process::destroyForcibly);
        }
    }

    private static long processThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("process reaper"))
                .count();
    }
}
