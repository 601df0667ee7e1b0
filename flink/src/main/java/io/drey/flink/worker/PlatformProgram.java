package io.drey.flink.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node program of a platform jar as a file, for as long as it takes to start it: in a folder of its own that only this user
 * can enter, below the TaskManager's temporary ones.
 */
final class PlatformProgram implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PlatformProgram.class);
    private static final String PREFIX = "drey-node-";
    /** No start takes so long: what is older was left behind by a JVM that was killed. */
    private static final Duration STALE = Duration.ofMinutes(10);

    private final Path file;

    private PlatformProgram(Path file) {
        this.file = file;
    }

    static PlatformProgram extract(InputStream program, List<String> folders) throws IOException {
        Path parent = parent(folders);
        removeStale(parent);
        PlatformProgram extracted =
                new PlatformProgram(Files.createTempDirectory(parent, PREFIX).resolve("node"));
        try {
            Files.copy(program, extracted.file);
            Files.setPosixFilePermissions(extracted.file, PosixFilePermissions.fromString("rwx------"));
            return extracted;
        } catch (IOException | RuntimeException e) {
            extracted.close();
            throw e;
        }
    }

    private static Path parent(List<String> folders) {
        return folders.stream()
                .map(Path::of)
                .filter(folder -> Files.isDirectory(folder) && Files.isWritable(folder))
                .findFirst()
                .orElse(Path.of(System.getProperty("java.io.tmpdir")));
    }

    private static void removeStale(Path parent) {
        Instant limit = Instant.now().minus(STALE);
        try (DirectoryStream<Path> left = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path folder : left) {
                if (Files.getLastModifiedTime(folder).toInstant().isBefore(limit)) {
                    new PlatformProgram(folder.resolve("node")).close();
                }
            }
        } catch (IOException e) {
            // Another user's, or removed by somebody else meanwhile.
            LOG.debug("Old files in {} stay.", parent, e);
        }
    }

    Path file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(file.getParent());
    }
}
