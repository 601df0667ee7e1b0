package io.drey.flink.worker;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How the worker is started and watched.
 *
 * @param node path of the node program that the job or the cluster names, null for none
 * @param heapMegabytes limit of its JavaScript heap
 * @param silenceLimit without any frame of it for so long, it is taken for dead
 * @param folders where the platform jar's program may be put for the moment of the start, as Flink's {@code io.tmp.dirs} names
 *     them; none: where this JVM has its temporary files
 */
public record WorkerSettings(String node, int heapMegabytes, Duration silenceLimit, List<String> folders)
        implements Serializable {
    // The methods that the compiler makes for a record go through a cache of the JDK, which would hold this class, and
    // with it
    // the class loader of a job that has ended.

    @Override
    public boolean equals(Object other) {
        return other instanceof WorkerSettings that
                && Objects.equals(node, that.node)
                && heapMegabytes == that.heapMegabytes
                && silenceLimit.equals(that.silenceLimit)
                && folders.equals(that.folders);
    }

    @Override
    public int hashCode() {
        return Objects.hash(node, heapMegabytes, silenceLimit, folders);
    }
}
