package io.tollgate.operations.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
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
final class JsonLines extends LineEncoder {
    /** Writes a surrogate pair as the four bytes of its character, as characters that are encoded at the end are. */
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .rootValueSeparator((String) null)
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private static final int MAX_TRACE = 32_768;
    private static final Set<String> OWN =
            Set.of("timestamp", "level", "logger", "thread", "service", "message", "mdc", "exception");

    private final String service;
    /** Under load many lines have one timestamp. Written by the one thread that encodes. */
    private long millis = Long.MIN_VALUE;

    private String timestamp = "";

    /** Writes into the buffer, line after line. */
    private JsonGenerator json = newGenerator();

    JsonLines(String service) {
        this.service = service;
    }

    @Override
    void append(ILoggingEvent event) throws IOException {
        int start = buffer.size();
        try {
            write(event, json);
            json.flush();
        } catch (IOException | RuntimeException | Error e) {
            startAnew(start);
            throw e;
        }
        buffer.write('\n');
    }

    /** Removes what there is of a line, and its rest in the generator, which cannot be used any more. */
    private void startAnew(int start) throws IOException {
        json.close();
        buffer.truncate(start);
        json = newGenerator();
    }

    private JsonGenerator newGenerator() {
        try {
            return JSON.createGenerator(buffer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(ILoggingEvent event, JsonGenerator json) throws IOException {
        json.writeStartObject();
        write(json, "timestamp", timestamp(event.getTimeStamp()));
        write(json, "level", event.getLevel().toString());
        write(json, "logger", event.getLoggerName());
        write(json, "thread", event.getThreadName());
        write(json, "service", service);
        write(json, "message", OneLine.shortened(String.valueOf(event.getFormattedMessage())));
        if (event instanceof FieldsEvent line) {
            line.fields().writeTo(new JsonFields(json));
        } else {
            writePairs(json, event.getKeyValuePairs());
        }
        writeMdc(json, event.getMDCPropertyMap());
        if (event.getThrowableProxy() != null) {
            String trace = ThrowableProxyUtil.asString(event.getThrowableProxy());
            write(json, "exception", OneLine.shortened(trace, MAX_TRACE));
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, String value) throws IOException {
        json.writeStringField(whole(name), whole(value));
    }

    /** Returns {@code text} with a question mark for each half of a surrogate pair, which has no encoding in UTF-8. */
    private static String whole(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(c, text.charAt(i + 1))) {
                    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
                }
                i++;
            }
        }
        return text;
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
            json.writeFieldName(whole(name(pair.key)));
            writeValue(json, pair.value);
        }
    }

    private static String name(String key) {
        return OWN.contains(key) ? key + "_" : key;
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
            json.writeString(whole(OneLine.shortened(value.toString())));
        }
    }

    private static void writeMdc(JsonGenerator json, Map<String, String> mdc) throws IOException {
        if (mdc.isEmpty()) {
            return;
        }
        json.writeObjectFieldStart("mdc");
        for (Map.Entry<String, String> entry : mdc.entrySet()) {
            write(json, entry.getKey(), OneLine.shortened(String.valueOf(entry.getValue())));
        }
        json.writeEndObject();
    }

    private record JsonFields(JsonGenerator json) implements FieldWriter {
        @Override
        public void field(String name, String value) throws IOException {
            write(json, name(name), OneLine.shortened(value));
        }

        @Override
        public void field(String name, long value) throws IOException {
            json.writeNumberField(whole(name(name)), value);
        }

        @Override
        public void field(String name, double value) throws IOException {
            if (Double.isFinite(value)) {
                json.writeNumberField(whole(name(name)), value);
            } else {
                field(name, Double.toString(value));
            }
        }

        @Override
        public void field(String name, boolean value) throws IOException {
            json.writeBooleanField(whole(name(name)), value);
        }
    }
}
