package io.drey.flink;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;

/** Everything that is logged while it is open, of all levels. */
final class LogLines extends AbstractAppender implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    LogLines() {
        super("lines", null, null, true, Property.EMPTY_ARRAY);
        start();
        root().addAppender(this);
        Configurator.setRootLevel(Level.DEBUG);
        Configurator.setLevel("org.apache.flink", Level.DEBUG);
        Configurator.setLevel("io.drey", Level.DEBUG);
    }

    private static org.apache.logging.log4j.core.Logger root() {
        return LoggerContext.getContext(false).getRootLogger();
    }

    @Override
    public void append(LogEvent event) {
        StringBuilder line = new StringBuilder(event.getMessage().getFormattedMessage());
        for (Throwable e = event.getThrown(); e != null; e = e.getCause()) {
            line.append(" | ").append(e.getMessage());
        }
        lines.add(line.toString());
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        root().removeAppender(this);
        LoggerContext.getContext(false).reconfigure();
        stop();
    }
}
