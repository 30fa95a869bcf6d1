package io.tollgate.api.guard;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What the guard logs, of which only lines with a text that is a test's own are kept: others run at the same time. */
final class CapturedLog extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.tollgate.guard");
    private final String mark;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    CapturedLog(String mark) {
        this.mark = mark;
        logger.setLevel(Level.FINE);
        logger.addHandler(this);
    }

    /** The lines: level and message. */
    List<String> lines() {
        return lines;
    }

    @Override
    public void publish(LogRecord record) {
        String message = new SimpleFormatter().formatMessage(record);
        boolean ours = message.contains(mark);
        for (Throwable t = record.getThrown(); t != null; t = t.getCause()) {
            ours |= String.valueOf(t.getMessage()).contains(mark);
        }
        if (ours) {
            lines.add(record.getLevel() + " " + message);
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
