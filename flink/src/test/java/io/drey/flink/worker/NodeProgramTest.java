package io.drey.flink.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("short")
class NodeProgramTest {
    @TempDir
    Path folder;

    private String property;

    @BeforeEach
    void withoutProperty() {
        property = System.clearProperty(NodeProgram.PROPERTY);
    }

    @AfterEach
    void restore() {
        if (property == null) {
            System.clearProperty(NodeProgram.PROPERTY);
        } else {
            System.setProperty(NodeProgram.PROPERTY, property);
        }
    }

    private static WorkerSettings settings(String node) {
        return new WorkerSettings(node, 64, Duration.ofSeconds(30), List.of());
    }

    private String program(String name) throws IOException {
        Path file = Files.createDirectories(folder.resolve(name)).resolve("node");
        Files.writeString(file, "#!/bin/sh\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file.toString();
    }

    private static String find(String option, Map<String, String> environment) throws IOException {
        try (NodeProgram found = NodeProgram.find(settings(option), environment::get)) {
            return found.command();
        }
    }

    @Test
    void looksAtPropertyOptionEnvironmentAndPathInThisOrder() throws IOException {
        String ofProperty = program("property");
        String ofOption = program("option");
        String ofVariable = program("variable");
        String onPath = program("path");
        Map<String, String> environment = Map.of(
                "DREY_NODE",
                ofVariable,
                "PATH",
                "/does-not-exist:" + folder + ":" + Path.of(onPath).getParent());
        System.setProperty(NodeProgram.PROPERTY, ofProperty);
        assertEquals(ofProperty, find(ofOption, environment));
        System.clearProperty(NodeProgram.PROPERTY);
        assertEquals(ofOption, find(ofOption, environment));
        assertEquals(ofVariable, find(null, environment));
        assertEquals(onPath, find("", Map.of("PATH", environment.get("PATH"))));
    }

    @Test
    void namesTheHostWhereThereIsNone() throws IOException {
        String host = InetAddress.getLocalHost().getHostName();
        IOException nowhere = assertThrows(IOException.class, () -> find(null, Map.of("PATH", folder.toString())));
        assertTrue(nowhere.getMessage().startsWith("No Node.js on host '" + host + "'."), nowhere.getMessage());
        assertTrue(nowhere.getMessage().contains("22.22"), nowhere.getMessage());
        IOException wrong = assertThrows(IOException.class, () -> find("/nowhere/node", Map.of()));
        assertEquals("Node.js on host '" + host + "': '/nowhere/node' is not a program.", wrong.getMessage());
    }

    @Test
    void saysWhatAProgramThatIsNoNodeSays() throws IOException {
        Path file = Path.of(program("broken"));
        Files.writeString(file, "#!/bin/sh\necho 'ERROR not today' >&2\nexit 3\n");
        IOException error = assertThrows(IOException.class, () -> NodeWorker.start(settings(file.toString())));
        assertTrue(
                error.getMessage().endsWith(" does not start: it ended with exit status 3\n  ERROR not today"),
                error.getMessage());
    }

    @Test
    void aPlatformsProgramIsThereForTheStartOnly() throws IOException {
        Path temporary = Files.createDirectories(folder.resolve("io.tmp.dirs"));
        Path left = Files.createDirectories(temporary.resolve("drey-node-1"));
        Files.writeString(left.resolve("node"), "left by a JVM that was killed");
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        List<String> folders = List.of("/does-not-exist", temporary.toString());
        PlatformProgram first = PlatformProgram.extract(new ByteArrayInputStream(new byte[] {1, 2}), folders);
        try (PlatformProgram second = PlatformProgram.extract(new ByteArrayInputStream(new byte[] {3}), folders)) {
            assertFalse(Files.exists(left));
            assertEquals(2, Files.size(first.file()));
            assertTrue(first.file().startsWith(temporary));
            assertTrue(Files.isExecutable(first.file()));
            assertEquals(
                    "rwx------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(first.file().getParent())));
            first.close();
            assertTrue(Files.exists(second.file()));
        }
        try (Stream<Path> files = Files.list(temporary)) {
            assertEquals(0, files.count());
        }
    }
}
