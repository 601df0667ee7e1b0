package io.drey.flink;

import io.drey.flink.worker.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * What the jar knows of the connector without a worker: {@code connector.json}, which is made from the declarations of the
 * connector core. Lists of it are lists of objects.
 */
final class ConnectorData {
    private static final ConnectorData DATA = read();

    private final Map<?, ?> json;

    private ConnectorData(Map<?, ?> json) {
        this.json = json;
    }

    static ConnectorData get() {
        return DATA;
    }

    private static ConnectorData read() {
        try (InputStream data = ConnectorData.class.getResourceAsStream("/io/drey/flink/connector.json")) {
            return new ConnectorData((Map<?, ?>) Json.parse(new String(data.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<?> list(String name) {
        return (List<?>) json.get(name);
    }

    /** A message with its blanks filled. */
    String message(String name, Map<String, String> values) {
        return fill((String) ((Map<?, ?>) json.get("messages")).get(name), values);
    }

    /** Replaces {@code {name}} by its value. */
    static String fill(String template, Map<String, String> values) {
        String text = template;
        for (Map.Entry<String, String> value : values.entrySet()) {
            text = text.replace("{" + value.getKey() + "}", value.getValue());
        }
        return text;
    }
}
