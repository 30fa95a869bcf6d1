package io.tollgate.operations.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * Encodes a log line for people: {@code 12:00:01.250 INFO  Gateway  listening  address=0.0.0.0:8080}. An exception follows on
 * separate lines. All of them are indented, so that text in it cannot forge a log line.
 */
final class ReadableLines extends LineEncoder {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
    private static final int MAX_TRACE = 32_768;

    private final ZoneId zone;

    ReadableLines(ZoneId zone) {
        this.zone = zone;
    }

    @Override
    void append(ILoggingEvent event) throws IOException {
        StringBuilder line = new StringBuilder(160);
        TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()).atZone(zone), line);
        String level = event.getLevel().toString();
        line.append(' ').append(level).append(" ".repeat(Math.max(1, 6 - level.length())));
        line.append(lastPart(event.getLoggerName())).append("  ");
        OneLine.append(line, OneLine.shortened(String.valueOf(event.getFormattedMessage())));
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            line.append(' ');
            for (KeyValuePair pair : pairs) {
                line.append(' ');
                OneLine.append(line, pair.key);
                line.append('=');
                appendValue(line, String.valueOf(pair.value));
            }
        }
        line.append('\n');
        if (event.getThrowableProxy() != null) {
            appendTrace(line, ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        buffer.write(line.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void appendValue(StringBuilder line, String value) {
        String shortened = OneLine.shortened(value);
        if (shortened.isEmpty() || shortened.chars().anyMatch(c -> c == ' ' || c == '"' || c == '=')) {
            line.append('"');
            OneLine.append(line, shortened.replace("\\", "\\\\").replace("\"", "\\\""));
            line.append('"');
        } else {
            OneLine.append(line, shortened);
        }
    }

    private static void appendTrace(StringBuilder line, String trace) {
        OneLine.shortened(trace, MAX_TRACE).lines().forEach(traceLine -> {
            line.append("    ");
            OneLine.append(line, traceLine.stripLeading());
            line.append('\n');
        });
    }

    private static String lastPart(String logger) {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }
}
