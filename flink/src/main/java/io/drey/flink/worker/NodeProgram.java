package io.drey.flink.worker;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;

/**
 * Finds the node program: system property {@code drey.node}, option {@code drey.node}, environment variable {@code
 * DREY_NODE}, the platform jar, PATH.
 */
final class NodeProgram implements AutoCloseable {
    static final String PROPERTY = "drey.node";
    static final String ENVIRONMENT = "DREY_NODE";

    private final String command;
    /** Where the platform jar's program was put, null when it is not from there. */
    private final Path extracted;

    private NodeProgram(String command, Path extracted) {
        this.command = command;
        this.extracted = extracted;
    }

    /**
     * The program of this host.
     *
     * @throws IOException which names the host and where it was looked for
     */
    static NodeProgram find(WorkerSettings settings) throws IOException {
        String named = firstOf(System.getProperty(PROPERTY), settings.node(), System.getenv(ENVIRONMENT));
        if (named != null) {
            if (!Files.isExecutable(Path.of(named))) {
                throw new IOException("Node.js on host '" + host() + "': '" + named + "' is not a program.");
            }
            return new NodeProgram(named, null);
        }
        NodeProgram packed = extract();
        if (packed != null) {
            return packed;
        }
        String path = onPath(System.getenv("PATH"));
        if (path != null) {
            return new NodeProgram(path, null);
        }
        throw new IOException("No Node.js on host '" + host()
                + "'. Connector 'redis' needs Node.js 22.22 or newer on every TaskManager: "
                + "install it where PATH finds it, name it with the system property '" + PROPERTY
                + "', the option '" + PROPERTY + "' or the environment variable " + ENVIRONMENT
                + ", or put the drey-flink-node jar of the platform into lib/.");
    }

    private static String firstOf(String... values) {
        for (String value : values) {
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return null;
    }

    static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    /** The first node program of a PATH, null for none. */
    static String onPath(String path) {
        for (String folder : path == null ? new String[0] : path.split(java.io.File.pathSeparator)) {
            if (!folder.isEmpty()) {
                Path program = Path.of(folder, "node");
                if (Files.isRegularFile(program) && Files.isExecutable(program)) {
                    return program.toString();
                }
            }
        }
        return null;
    }

    /** {@code linux-x64}, {@code linux-arm64} … */
    static String platform() {
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String cpu = arch.equals("amd64") || arch.equals("x86_64") ? "x64" : arch.equals("aarch64") ? "arm64" : arch;
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).split(" ")[0] + "-" + cpu;
    }

    /** Into a folder that only this user can read; it is removed as soon as the program runs. */
    private static NodeProgram extract() throws IOException {
        String resource = "/io/drey/flink/node/" + platform() + "/node";
        try (InputStream program = NodeProgram.class.getResourceAsStream(resource)) {
            if (program == null) {
                return null;
            }
            Path folder = Files.createTempDirectory("drey-node");
            Path file = folder.resolve("node");
            NodeProgram extracted = new NodeProgram(file.toString(), file);
            try {
                Files.copy(program, file);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
            } catch (IOException | RuntimeException e) {
                extracted.close();
                throw e;
            }
            return extracted;
        }
    }

    String command() {
        return command;
    }

    /** A running program needs its file no more. */
    @Override
    public void close() throws IOException {
        if (extracted != null) {
            Files.deleteIfExists(extracted);
            Files.deleteIfExists(extracted.getParent());
        }
    }
}
