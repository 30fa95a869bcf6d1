package io.tollgate.operations.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.event.KeyValuePair;

/** Compares the bytes of lines with those of a text that is encoded at its end, which is another way through Jackson. */
class JsonLinesTest {
    private final LoggerContext context = newContext();
    private final Logger log = context.getLogger("com.example.A");
    private final JsonLines lines = new JsonLines("gate");

    @ParameterizedTest
    @MethodSource("texts")
    void writesTheBytesOfTheText(String text) throws Exception {
        LoggingEvent event = event(text, new KeyValuePair("value", text), new KeyValuePair("number", 1.25));

        assertThat(new String(lines.encode(event), StandardCharsets.UTF_8)).isEqualTo(reference(event));
    }

    @Test
    void writesRandomTextsOneAfterTheOtherWithTheirBytes() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            LoggingEvent event = event(text(random), new KeyValuePair("value", text(random)));

            assertThat(lines.encode(event))
                    .as("seed %d, text %d", seed, i)
                    .isEqualTo(reference(event).getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void beginsAnewAfterAValueThatFails() throws Exception {
        LoggingEvent broken = event("broken", new KeyValuePair("value", new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("no text");
            }
        }));
        LoggingEvent whole = event("whole");

        try {
            lines.encode(broken);
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("no text");
        }

        assertThat(new String(lines.encode(whole), StandardCharsets.UTF_8)).isEqualTo(reference(whole));
    }

    private static Stream<String> texts() {
        return Stream.of(
                "plain",
                "\u0000\u0001\b\t\n\f\r\u001b\u007f\"\\/",
                "äöü ß € 漢字 \u2028\u2029\ufeff\uffff",
                "\ud83d\ude00",
                "x".repeat(7_999) + "\ud83d\ude00",
                "\ud83d\ude00".repeat(3_000),
                "\ud800",
                "\udc00",
                "\ude00\ud83d",
                "a\ud800b",
                "\ud800".repeat(5_000),
                "é".repeat(20_000),
                "\u0001".repeat(20_000),
                "x".repeat(8_191) + "\ud83d\ude00"); // shortened to half a pair
    }

    private static String text(Random random) {
        int length = random.nextInt(3) == 0 ? random.nextInt(9_000) : random.nextInt(40);
        StringBuilder text = new StringBuilder(length);
        while (text.length() < length) {
            switch (random.nextInt(8)) {
                case 0 -> text.append((char) random.nextInt(0x80));
                case 1 -> text.append((char) random.nextInt(0xd800));
                case 2 -> text.appendCodePoint(0x10000 + random.nextInt(0x100000));
                default -> text.append((char) (' ' + random.nextInt(95)));
            }
        }
        if (random.nextInt(10) == 0) {
            text.append((char) (0xd800 + random.nextInt(0x800)));
        }
        return text.toString();
    }

    /** The line by way of a string. */
    private static String reference(LoggingEvent event) throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode line = mapper.createObjectNode();
        line.put("timestamp", Instant.ofEpochMilli(event.getTimeStamp()).toString());
        line.put("level", "INFO");
        line.put("logger", "com.example.A");
        line.put("thread", event.getThreadName());
        line.put("service", "gate");
        line.put("message", OneLine.shortened(event.getFormattedMessage()));
        for (KeyValuePair pair : event.getKeyValuePairs()) {
            if (pair.value instanceof Double number) {
                line.put(pair.key, number);
            } else {
                line.put(pair.key, OneLine.shortened(pair.value.toString()));
            }
        }
        byte[] bytes = (mapper.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private LoggingEvent event(String message, KeyValuePair... pairs) {
        LoggingEvent event = new LoggingEvent(JsonLinesTest.class.getName(), log, Level.INFO, message, null, null);
        event.setKeyValuePairs(List.of(pairs));
        return event;
    }

    private static LoggerContext newContext() {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        return context;
    }
}
