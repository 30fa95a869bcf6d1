package io.tollgate.grpc.transcoding.json;

import static io.tollgate.grpc.transcoding.json.TestCodecs.PARSER;
import static io.tollgate.grpc.transcoding.json.TestCodecs.PRINTER;
import static io.tollgate.grpc.transcoding.json.TestCodecs.read;
import static io.tollgate.grpc.transcoding.json.TestCodecs.write;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.util.JsonFormat;
import io.tollgate.grpc.transcoding.codec.Edition;
import io.tollgate.grpc.transcoding.codec.Everything;
import io.tollgate.grpc.transcoding.codec.Legacy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random messages of every kind, beside {@link JsonFormat}. Both write the same, but for these:
 *
 * <ul>
 *   <li>JsonFormat escapes {@code <>&='} and U+2028 in strings, for pages that embed JSON; ours is a body of its own type.
 *   <li>Before JDK 19 {@link Double#toString}, and so JsonFormat, has more digits than needed for some numbers.
 * </ul>
 *
 * What only one of them accepts is in {@code ProtoJsonTest}.
 */
class JsonFormatComparisonTest {
    private static final int MESSAGES = 120;
    private static final Pattern TOKENS = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|[^\",:{}\\[\\]]+|[,:{}\\[\\]]");

    private static final UnknownFieldSet UNKNOWN = UnknownFieldSet.newBuilder()
            .addField(
                    1_000,
                    UnknownFieldSet.Field.newBuilder()
                            .addVarint(-1)
                            .addFixed32(1)
                            .addFixed64(2)
                            .addLengthDelimited(ByteString.copyFromUtf8("unknown"))
                            .addGroup(UnknownFieldSet.newBuilder()
                                    .addField(
                                            1,
                                            UnknownFieldSet.Field.newBuilder()
                                                    .addVarint(7)
                                                    .build())
                                    .build())
                            .build())
            .build();

    static Stream<Message> types() {
        return Stream.of(Everything.getDefaultInstance(), Legacy.getDefaultInstance(), Edition.getDefaultInstance());
    }

    @ParameterizedTest
    @MethodSource("types")
    void writesWhatJsonFormatWrites(Message type) throws Exception {
        forEach(type, (random, message) -> assertSame(write(message), PRINTER.print(message)));
    }

    @ParameterizedTest
    @MethodSource("types")
    void readsWhatJsonFormatWrites(Message type) throws Exception {
        forEach(type, (random, message) -> assertSame(read(type, PRINTER.print(message)), message));
    }

    @ParameterizedTest
    @MethodSource("types")
    void writesWhatJsonFormatReads(Message type) throws Exception {
        forEach(type, (random, message) -> assertSame(parsed(type, write(message)), message));
    }

    @ParameterizedTest
    @MethodSource("types")
    void readsWhatItWrote(Message type) throws Exception {
        forEach(type, (random, message) -> assertSame(read(type, write(message)), message));
    }

    @ParameterizedTest
    @MethodSource("types")
    void writesDefaultValuesAsJsonFormatDoes(Message type) throws Exception {
        Codecs codecs = TestCodecs.with(new JsonOptions(true, true));
        JsonFormat.Printer printer = PRINTER.alwaysPrintFieldsWithNoPresence().preservingProtoFieldNames();
        forEach(type, (random, message) -> {
            JsonOutput output = new JsonOutput(16);
            codecs.of(type.getDescriptorForType()).write(message.toByteArray(), output);
            assertSame(new String(output.toByteArray(), UTF_8), printer.print(message));
        });
    }

    /** Two messages one after the other are one: lists continue, messages merge, keys repeat, oneofs change their minds. */
    @ParameterizedTest
    @MethodSource("types")
    void writesWhatSeveralOccurrencesMean(Message type) throws Exception {
        forEach(type, (random, message) -> {
            List<Message> parts = List.of(
                    RandomMessages.withoutAny(random.nextLong()).message(type, 1),
                    RandomMessages.withoutAny(random.nextLong()).message(type, 2),
                    type.newBuilderForType().setUnknownFields(UNKNOWN).buildPartial(),
                    RandomMessages.withoutAny(random.nextLong()).message(type, 2));
            ByteArrayOutputStream wire = new ByteArrayOutputStream();
            Message merged = type;
            for (Message part : parts) {
                part.writeTo(wire);
                // One by one: within one parse generated code keeps what another member of a oneof had replaced.
                merged = merged.toBuilder().mergeFrom(part.toByteArray()).buildPartial();
            }
            String expected;
            try {
                expected = PRINTER.print(merged);
            } catch (IllegalArgumentException e) {
                // Two durations of different signs, for example.
                assertThatExceptionOfType(UnusableMessageException.class)
                        .isThrownBy(() -> write(type.getDescriptorForType(), wire.toByteArray()));
                return;
            }
            assertSame(write(type.getDescriptorForType(), wire.toByteArray()), expected);
        });
    }

    private interface Check {
        void accept(Random random, Message message) throws IOException;
    }

    private static void forEach(Message type, Check check) throws IOException {
        long seed = System.nanoTime();
        for (int i = 0; i < MESSAGES; i++) {
            long own = seed + i;
            Message message = new RandomMessages(own).message(type, i % 3);
            try {
                check.accept(new Random(own), message);
            } catch (Throwable e) {
                throw new AssertionError("seed " + own + ", depth " + i % 3, e);
            }
        }
    }

    private static Message parsed(Message type, String json) throws InvalidProtocolBufferException {
        Message.Builder builder = type.newBuilderForType();
        PARSER.merge(json, builder);
        return builder.build();
    }

    /** As JSON, for the bytes in an {@code Any} may be in another order. */
    private static void assertSame(Message ours, Message theirs) throws InvalidProtocolBufferException {
        assertSame(PRINTER.print(ours), PRINTER.print(theirs));
    }

    private static void assertSame(String ours, String theirs) {
        List<String> ourTokens = tokens(ours);
        List<String> theirTokens = tokens(theirs);
        for (int i = 0; i < Math.min(ourTokens.size(), theirTokens.size()); i++) {
            String our = ourTokens.get(i);
            String their = theirTokens.get(i);
            if (!our.equals(their) && !(isNumber(our) && isNumber(their) && number(our) == number(their))) {
                int from = Math.max(0, i - 12);
                assertThat(ourTokens.subList(from, Math.min(i + 6, ourTokens.size())))
                        .isEqualTo(theirTokens.subList(from, Math.min(i + 6, theirTokens.size())));
            }
        }
        assertThat(ourTokens).hasSameSizeAs(theirTokens);
    }

    private static boolean isNumber(String token) {
        return token.charAt(0) == '-' || Character.isDigit(token.charAt(0));
    }

    private static double number(String token) {
        return Double.parseDouble(token);
    }

    private static List<String> tokens(String json) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKENS.matcher(json);
        while (matcher.find()) {
            tokens.add(escaped(matcher.group()));
        }
        return tokens;
    }

    private static String escaped(String token) {
        return token.replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026")
                .replace("=", "\\u003d")
                .replace("'", "\\u0027")
                .replace("\u2028", "\\u2028");
    }
}
