package io.drey.flink.worker;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * Finds the node program: system property {@code drey.node}, option {@code drey.node}, environment variable {@code
 * DREY_NODE}, the platform jar, PATH.
 */
final class NodeProgram implements AutoCloseable {
    static final String PROPERTY = "drey.node";
    static final String ENVIRONMENT = "DREY_NODE";

    private final String command;
    /** What the platform jar's program was put into, null when it is not from there. */
    private final PlatformProgram extracted;

    private NodeProgram(String command, PlatformProgram extracted) {
        this.command = command;
        this.extracted = extracted;
    }

    /**
     * The program of this host.
     *
     * @param environment of the process
     * @throws IOException which names the host and where it was looked for
     */
    static NodeProgram find(WorkerSettings settings, UnaryOperator<String> environment) throws IOException {
        String named = firstOf(System.getProperty(PROPERTY), settings.node(), environment.apply(ENVIRONMENT));
        if (named != null) {
            if (!Files.isExecutable(Path.of(named))) {
                throw new IOException("Node.js on host '" + host() + "': '" + named + "' is not a program.");
            }
            return new NodeProgram(named, null);
        }
        try (InputStream packed = NodeProgram.class.getResourceAsStream(resource())) {
            if (packed != null) {
                PlatformProgram extracted = PlatformProgram.extract(packed, settings.folders());
                return new NodeProgram(extracted.file().toString(), extracted);
            }
        }
        String path = onPath(environment.apply("PATH"));
        if (path != null) {
            return new NodeProgram(path, null);
        }
        throw new IOException("No Node.js on host '" + host()
                + "'. Connector 'redis' needs Node.js 22.22 or newer on every TaskManager: "
                + "install it where PATH finds it, name it with the system property '" + PROPERTY
                + "', the option '" + PROPERTY + "' or the environment variable " + ENVIRONMENT
                + ", or put the drey-flink-node jar of the platform (" + platform() + ") into lib/.");
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
    private static String onPath(String path) {
        for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
            if (!folder.isEmpty()) {
                Path program = Path.of(folder, "node");
                if (Files.isRegularFile(program) && Files.isExecutable(program)) {
                    return program.toString();
                }
            }
        }
        return null;
    }

    /** Where a platform jar has the program of this platform. */
    static String resource() {
        return "/io/drey/flink/node/" + platform() + "/node";
    }

    /** {@code linux-x64}, {@code linux-arm64} … */
    private static String platform() {
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String cpu = arch.equals("amd64") || arch.equals("x86_64") ? "x64" : arch.equals("aarch64") ? "arm64" : arch;
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).split(" ")[0] + "-" + cpu;
    }

    String command() {
        return command;
    }

    /** A running program needs its file no more. */
    @Override
    public void close() throws IOException {
        if (extracted != null) {
            extracted.close();
        }
    }
}
