package io.drey.flink;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.factories.FactoryUtil;

/**
 * The connector's options, as {@link ConnectorData} has them. With it a client
 * without Node.js knows names, types, ranges and defaults; what goes beyond one option, the worker checks.
 */
final class RedisOptions {
    private static final String PROPERTY_VERSION = FactoryUtil.PROPERTY_VERSION.key();
    private static final String VALUE_FORMAT = "value.format";

    private final Map<String, Declared> byLowerKey = new LinkedHashMap<>();
    private final Set<String> hostSubstitutes = new LinkedHashSet<>();

    /** One option. {@code values} is null where anything goes; the bounds are null where there are none. */
    private record Declared(
            ConfigOption<?> option, List<?> values, Bound least, Bound most, String blankMessage, String fallback) {}

    /** A bound and what is said about a value beyond it. */
    private record Bound(double limit, String message) {}

    private RedisOptions(ConnectorData data) {
        for (Object each : data.list("options")) {
            Declared declared = declared((Map<?, ?>) each);
            byLowerKey.put(declared.option().key().toLowerCase(Locale.ROOT), declared);
        }
        for (Object key : data.list("hostSubstitutes")) {
            hostSubstitutes.add((String) key);
        }
    }

    static RedisOptions load() {
        return new RedisOptions(ConnectorData.get());
    }

    private static Declared declared(Map<?, ?> data) {
        ConfigOptions.OptionBuilder key = ConfigOptions.key((String) data.get("key"));
        ConfigOption<?> option = switch ((String) data.get("type")) {
            case "Integer" -> key.intType().noDefaultValue();
            case "Long" -> key.longType().noDefaultValue();
            case "Boolean" -> key.booleanType().noDefaultValue();
            case "Duration" -> key.durationType().noDefaultValue();
            default -> key.stringType().noDefaultValue();
        };
        return new Declared(
                option.withDescription((String) data.get("doc")),
                (List<?>) data.get("values"),
                bound((Map<?, ?>) data.get("least")),
                bound((Map<?, ?>) data.get("most")),
                (String) data.get("blank"),
                (String) data.get("default"));
    }

    private static Bound bound(Map<?, ?> data) {
        return data == null ? null : new Bound((Double) data.get("limit"), (String) data.get("message"));
    }

    Set<ConfigOption<?>> required() {
        return Set.of(declared("connector").option());
    }

    Set<ConfigOption<?>> optional() {
        Set<ConfigOption<?>> all = new LinkedHashSet<>();
        for (Declared declared : byLowerKey.values()) {
            all.add(declared.option());
        }
        all.removeAll(required());
        return all;
    }

    private Declared declared(String key) {
        return byLowerKey.get(key.toLowerCase(Locale.ROOT));
    }

    /** Keys in the declared spelling; unknown ones as they are. */
    Map<String, String> canonical(Map<String, String> given) {
        Map<String, String> options = new LinkedHashMap<>();
        given.forEach((key, value) -> {
            Declared declared = declared(key);
            options.put(declared == null ? key : declared.option().key(), value);
        });
        options.remove(PROPERTY_VERSION);
        return options;
    }

    /** A value in the declared spelling of the option's values, or its default; null for none. */
    String get(Map<String, String> canonical, String key) {
        Declared declared = declared(key);
        String value = canonical.getOrDefault(declared.option().key(), declared.fallback());
        return value == null || declared.values() == null ? value : spelled(declared, value);
    }

    private static String spelled(Declared declared, String value) {
        for (Object known : declared.values()) {
            if (((String) known).equalsIgnoreCase(value.trim())) {
                return (String) known;
            }
        }
        return null;
    }

    /**
     * Checks names, types and ranges, in Flink's order and words.
     *
     * @param canonical of {@link #canonical}
     */
    void validate(Map<String, String> canonical, boolean isSink) {
        Set<ConfigOption<?>> required = new LinkedHashSet<>(required());
        if (hostSubstitutes.stream().noneMatch(canonical::containsKey)) {
            required.add(declared("host").option());
        }
        if (isSink) {
            required.add(declared("mode").option());
        }
        Configuration values = Configuration.fromMap(canonical);
        FactoryUtil.validateFactoryOptions(required, optional(), values);
        for (Declared declared : byLowerKey.values()) {
            String text = canonical.get(declared.option().key());
            if (text != null) {
                check(declared, text, values);
            }
        }
        checkUnknown(canonical);
    }

    private void checkUnknown(Map<String, String> canonical) {
        Set<String> known = new TreeSet<>();
        for (Declared declared : byLowerKey.values()) {
            known.add(declared.option().key());
        }
        Set<String> given = new TreeSet<>(canonical.keySet());
        String format = canonical.get(VALUE_FORMAT);
        if (format != null) {
            given.removeIf(key -> key.startsWith("value." + format + "."));
        }
        Set<String> all = new TreeSet<>(known);
        all.addAll(given);
        if (all.size() > known.size()) {
            Set<String> unknown = new TreeSet<>(given);
            unknown.removeAll(known);
            throw new ValidationException("Unsupported options found for 'redis'.\n\nUnsupported options:\n\n"
                    + String.join("\n", unknown) + "\n\nSupported options:\n\n" + String.join("\n", known));
        }
    }

    private static void check(Declared declared, String text, Configuration values) {
        String key = declared.option().key();
        String reason = null;
        if (declared.values() != null && spelled(declared, text) == null) {
            List<String> expected = new ArrayList<>();
            declared.values().forEach(value -> expected.add((String) value));
            reason = "Could not parse value '" + text + "' for option '" + key + "'. Expected one of: ["
                    + String.join(", ", expected) + "]";
        } else if (declared.blankMessage() != null && text.isBlank()) {
            reason = declared.blankMessage();
        } else if (declared.least() != null || declared.most() != null) {
            reason = beyond(declared, number(declared.option(), values));
        }
        if (reason != null) {
            throw new ValidationException("Invalid value for option '" + key + "'.", new ValidationException(reason));
        }
    }

    private static double number(ConfigOption<?> option, Configuration values) {
        Object value = values.get(option);
        return value instanceof java.time.Duration duration ? duration.toNanos() / 1e6 : ((Number) value).doubleValue();
    }

    private static String beyond(Declared declared, double value) {
        Bound least = declared.least();
        Bound most = declared.most();
        Bound broken =
                least != null && value < least.limit() ? least : most != null && value > most.limit() ? most : null;
        if (broken == null) {
            return null;
        }
        String text = value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
        return broken.message().replace("{value}", text);
    }
}
