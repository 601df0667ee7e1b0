package io.drey.flink.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar of this machine's platform, which is built by itself: {@code npm run build:flink-node}. */
@Tag("platform")
class PlatformJarTest {
    @TempDir
    Path folder;

    @Test
    void startsTheProgramOfTheJarAndLeavesNoFile() throws Exception {
        URL[] path = {
            NodeWorker.class.getProtectionDomain().getCodeSource().getLocation(),
            jar().toUri().toURL()
        };
        String property = System.clearProperty(NodeProgram.PROPERTY);
        try (URLClassLoader jars = new OwnFirst(path)) {
            Class<?> settingsType = jars.loadClass(WorkerSettings.class.getName());
            Object settings = settingsType.getConstructors()[0].newInstance(
                    null, 64, Duration.ofSeconds(30), List.of(folder.toString()));
            Class<?> workerType = jars.loadClass(NodeWorker.class.getName());
            Object worker = accessible(workerType.getDeclaredMethod("start", settingsType))
                    .invoke(null, settings);
            try {
                long pid =
                        (Long) accessible(workerType.getDeclaredMethod("pid")).invoke(worker);
                String program = Files.readSymbolicLink(Path.of("/proc", String.valueOf(pid), "exe"))
                        .toString();
                assertTrue(program.startsWith(folder + "/drey-node-"), program);
                try (Stream<Path> files = Files.list(folder)) {
                    assertEquals(0, files.count());
                }
            } finally {
                accessible(workerType.getDeclaredMethod("stop")).invoke(worker);
            }
        } finally {
            System.setProperty(NodeProgram.PROPERTY, property);
        }
    }

    private static Path jar() throws Exception {
        String platform = NodeProgram.resource().split("/")[5];
        try (Stream<Path> jars = Files.list(Path.of("node", "target"))) {
            return jars.filter(jar -> jar.toString().endsWith("-" + platform + ".jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Method accessible(Method method) {
        method.setAccessible(true);
        return method;
    }

    /** Finds the connector's classes, and with them the program, in its own jars. */
    private static final class OwnFirst extends URLClassLoader {
        private OwnFirst(URL[] path) {
            super(path, OwnFirst.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (!name.startsWith("io.drey.")) {
                    return super.loadClass(name, resolve);
                }
                Class<?> known = findLoadedClass(name);
                return known != null ? known : findClass(name);
            }
        }
    }
}
