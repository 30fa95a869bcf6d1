package io.tollgate.operations.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Encodes a log line as a JSON object, for a log collector. Key-value pairs are properties beside {@code timestamp} (RFC 3339,
 * UTC), {@code level}, {@code logger}, {@code thread}, {@code service}, {@code message}, {@code mdc} and {@code exception}. A pair
 * with one of these names gets an underscore at its end. Logback's JsonEncoder writes pairs as a list, and time as a number.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int MAX_TRACE = 32_768;
    private static final Set<String> OWN =
            Set.of("timestamp", "level", "logger", "thread", "service", "message", "mdc", "exception");

    private final String service;
    /** Under load many lines have one timestamp. Written by the one thread that encodes. */
    private long millis = Long.MIN_VALUE;

    private String timestamp = "";

    JsonLines(String service) {
        this.service = service;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        // Through characters: a generator of bytes rejects half a surrogate pair, and the line would be lost.
        StringWriter line = new StringWriter(512);
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("timestamp", timestamp(event.getTimeStamp()));
            json.writeStringField("level", event.getLevel().toString());
            json.writeStringField("logger", event.getLoggerName());
            json.writeStringField("thread", event.getThreadName());
            json.writeStringField("service", service);
            json.writeStringField("message", OneLine.shortened(String.valueOf(event.getFormattedMessage())));
            writePairs(json, event.getKeyValuePairs());
            writeMdc(json, event.getMDCPropertyMap());
            if (event.getThrowableProxy() != null) {
                String trace = ThrowableProxyUtil.asString(event.getThrowableProxy());
                json.writeStringField("exception", OneLine.shortened(trace, MAX_TRACE));
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private String timestamp(long now) {
        if (now != millis) {
            millis = now;
            timestamp = Instant.ofEpochMilli(now).toString();
        }
        return timestamp;
    }

    private static void writePairs(JsonGenerator json, @Nullable List<KeyValuePair> pairs) throws IOException {
        if (pairs == null) {
            return;
        }
        for (KeyValuePair pair : pairs) {
            json.writeFieldName(OWN.contains(pair.key) ? pair.key + "_" : pair.key);
            writeValue(json, pair.value);
        }
    }

    private static void writeValue(JsonGenerator json, @Nullable Object value) throws IOException {
        if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            json.writeNumber(((Number) value).longValue());
        } else if (value instanceof Double number && Double.isFinite(number)) {
            json.writeNumber(number);
        } else if (value instanceof Boolean bool) {
            json.writeBoolean(bool);
        } else if (value == null) {
            json.writeNull();
        } else {
            json.writeString(OneLine.shortened(value.toString()));
        }
    }

    private static void writeMdc(JsonGenerator json, Map<String, String> mdc) throws IOException {
        if (mdc.isEmpty()) {
            return;
        }
        json.writeObjectFieldStart("mdc");
        for (Map.Entry<String, String> entry : mdc.entrySet()) {
            json.writeStringField(entry.getKey(), OneLine.shortened(String.valueOf(entry.getValue())));
        }
        json.writeEndObject();
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }
}
