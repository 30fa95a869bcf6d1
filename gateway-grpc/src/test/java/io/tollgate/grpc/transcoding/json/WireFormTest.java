package io.tollgate.grpc.transcoding.json;

import static io.tollgate.grpc.transcoding.json.TestCodecs.CODECS;
import static io.tollgate.grpc.transcoding.json.TestCodecs.write;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.Value;
import io.tollgate.grpc.transcoding.codec.Color;
import io.tollgate.grpc.transcoding.codec.Edition;
import io.tollgate.grpc.transcoding.codec.Everything;
import io.tollgate.grpc.transcoding.codec.Legacy;
import io.tollgate.grpc.transcoding.codec.LegacyOuterClass;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses of services whose serializers differ from that of Java, or that are broken. */
class WireFormTest {
    private static String everything(String hex) {
        return write(Everything.getDescriptor(), HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        08 01 08 02                    | {'int32Value':2}
        08 80 80 80 80 00              | {}
        08 81 80 00                    | {'int32Value':1}
        08 ff ff ff ff 0f              | {'int32Value':-1}
        08 ff ff ff ff ff ff ff ff ff 01 | {'int32Value':-1}
        18 ff ff ff ff ff ff ff ff ff 01 | {'uint32Value':4294967295}
        68 80 80 80 80 10              | {'boolValue':true}
        fa 01 03 01 02 03              | {'int32List':[1,2,3]}
        f8 01 01 fa 01 02 02 03 f8 01 04 | {'int32List':[1,2,3,4]}
        f8 01 01 08 07 f8 01 02        | {'int32Value':7,'int32List':[1,2]}
        fa 01 00                       | {}
        82 03 02 05 06                 | {'unpackedList':[5,6]}
        0a 03 01 02 03 08 07           | {'int32Value':7}
        0d 01 00 00 00 08 07           | {'int32Value':7}
        c8 3e 01 08 07                 | {'int32Value':7}
        cb 3e 0b 0c 08 05 cc 3e 08 07  | {'int32Value':7}
        8a 01 02 08 01 8a 01 02 18 02  | {'child':{'int32Value':1,'uint32Value':2}}
        8a 01 02 08 01 08 05 8a 01 02 08 02 | {'int32Value':5,'child':{'int32Value':2}}
        9a 03 04 08 01 10 02           | {'int32Map':{'1':2}}
        9a 03 04 10 02 08 01           | {'int32Map':{'1':2}}
        9a 03 02 08 01                 | {'int32Map':{'1':0}}
        9a 03 02 10 02                 | {'int32Map':{'0':2}}
        9a 03 00                       | {'int32Map':{'0':0}}
        9a 03 06 08 01 08 03 10 02     | {'int32Map':{'3':2}}
        9a 03 04 08 01 10 02 9a 03 04 08 05 10 06 9a 03 04 08 01 10 03 | {'int32Map':{'1':3,'5':6}}
        9a 03 04 08 01 10 02 08 07 9a 03 05 08 81 00 10 03 | {'int32Value':7,'int32Map':{'1':3}}
        8a 04 03 0a 01 61              | {'childMap':{'a':{}}}
        8a 04 0b 0a 01 61 12 02 08 01 12 02 18 02 | {'childMap':{'a':{'int32Value':1,'uint32Value':2}}}
        b8 04 01 c2 04 01 61           | {'chosenString':'a'}
        c2 04 01 61 b8 04 01           | {'chosenInt32':1}
        da 04 02 08 01 b8 04 01 da 04 02 18 02 | {'chosenChild':{'uint32Value':2}}
        f8 ff ff ff 0f 01 08 07        | {'int32Value':7}
        """)
    void writesWhatTheBytesMean(String hex, String json) {
        assertThat(everything(hex)).isEqualTo(json.replace('\'', '"'));
    }

    /** A byte for each element is a name with quotes and a comma. */
    @Test
    void writesNoMoreThan64MiB() {
        byte[] greens = new byte[9 << 20];
        Arrays.fill(greens, (byte) Color.GREEN_VALUE);
        byte[] message = UnknownFieldSet.newBuilder()
                .addField(
                        Everything.COLOR_LIST_FIELD_NUMBER,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFrom(greens))
                                .build())
                .build()
                .toByteArray();

        assertThatExceptionOfType(UnusableMessageException.class)
                .isThrownBy(() -> write(Everything.getDescriptor(), message))
                .withMessage("its JSON is longer than 64 MiB");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08",
                "08 80",
                "08 80 80 80 80 80 80 80 80 80 80 01",
                "0a",
                "72 05 61",
                "72 ff ff ff ff 0f",
                "72 ff ff ff ff ff ff ff ff ff 01",
                "5d 00 00 00",
                "61 00 00 00 00 00 00 00",
                "00 01",
                "07 01",
                "0e 01",
                "0f",
                "0c",
                "0b",
                "0b 14",
                "0b 0b 0c",
                "80 80 80 80 80 80 80 80 80 80",
                "f8 ff ff ff ff 7f 01",
                "8a 01 01 08",
                "fa 01 01 80",
                "9a 03 01 08",
                "72 01 ff",
                "9a 03 02 08 80",
                "c2 04 02 c3 28"
            })
    void rejectsWhatIsNoMessage(String hex) {
        assertThatExceptionOfType(UnusableMessageException.class).isThrownBy(() -> everything(hex));
    }

    @Test
    void limitsTheDepthOfMessages() {
        assertThat(write(Everything.getDescriptor(), nested(100)))
                .isEqualTo("{\"child\":".repeat(99) + "{}" + "}".repeat(99));
        assertThatExceptionOfType(UnusableMessageException.class)
                .isThrownBy(() -> write(Everything.getDescriptor(), nested(101)));
        assertThatExceptionOfType(UnusableMessageException.class).isThrownBy(() -> everything("0b".repeat(100_000)));
    }

    private static byte[] nested(int levels) {
        byte[] message = {};
        for (int i = 1; i < levels; i++) {
            WireOutput output = new WireOutput(16);
            output.put(FieldCodec.tag(Everything.CHILD_FIELD_NUMBER, 2));
            output.varint(message.length);
            output.put(message);
            message = output.toByteArray();
        }
        return message;
    }

    @Test
    void rejectsWhatHasNoFormInJson() {
        assertThatExceptionOfType(UnusableMessageException.class)
                .isThrownBy(() ->
                        write(Timestamp.newBuilder().setSeconds(253402300800L).build()));
        assertThatExceptionOfType(UnusableMessageException.class)
                .isThrownBy(() ->
                        write(Timestamp.newBuilder().setSeconds(-62135596801L).build()));
        assertThatExceptionOfType(UnusableMessageException.class)
                .isThrownBy(() -> write(Timestamp.newBuilder().setNanos(-1).build()));
        assertThatExceptionOfType(UnusableMessageException.class)
                .isThrownBy(() ->
                        write(Timestamp.newBuilder().setNanos(1_000_000_000).build()));
        assertThatExceptionOfType(UnusableMessageException.class)
                .isThrownBy(() ->
                        write(Duration.newBuilder().setSeconds(315576000001L).build()));
        assertThatExceptionOfType(UnusableMessageException.class)
                .isThrownBy(() ->
                        write(Duration.newBuilder().setSeconds(Long.MIN_VALUE).build()));
        assertThatExceptionOfType(UnusableMessageException.class)
                .isThrownBy(() ->
                        write(Duration.newBuilder().setSeconds(1).setNanos(-1).build()));
        assertThatExceptionOfType(UnusableMessageException.class)
                .isThrownBy(() ->
                        write(Duration.newBuilder().setNanos(Integer.MIN_VALUE).build()));
        assertThatExceptionOfType(UnusableMessageException.class)
                .isThrownBy(() ->
                        write(Value.newBuilder().setNumberValue(Double.NaN).build()));
        assertThatExceptionOfType(UnusableMessageException.class)
                .isThrownBy(() -> write(Value.newBuilder()
                        .setNumberValue(Double.NEGATIVE_INFINITY)
                        .build()));
        assertThatExceptionOfType(UnusableMessageException.class)
                .isThrownBy(() -> write(Any.newBuilder().setTypeUrl("x/nope").build()))
                .withMessageContaining("x/nope");
        assertThatExceptionOfType(UnusableMessageException.class)
                .isThrownBy(() -> write(
                        Any.newBuilder().setValue(ByteString.copyFromUtf8("a")).build()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fooBar", "foo_3_bar", "foo__bar", "foo_", "foo_Bar", "a,b"})
    void rejectsMasksThatWouldBeReadAsOthers(String path) {
        assertThatExceptionOfType(UnusableMessageException.class)
                .isThrownBy(() -> write(FieldMask.newBuilder().addPaths(path).build()))
                .withMessageContaining(path);
    }

    @Test
    void writesTheFirstNameOfANumber() {
        assertThat(write(Everything.newBuilder().setColor(Color.CRIMSON).build()))
                .isEqualTo("{\"color\":\"RED\"}");
    }

    @Test
    void writesUnknownNumbersOfClosedEnumsToo() {
        assertThat(write(Legacy.getDescriptor(), new byte[] {0x20, 99, 0x50, 1, 0x50, 98}))
                .isEqualTo("{\"size\":99,\"sizes\":[\"SMALL\",98]}");
    }

    @Test
    void replacesIllFormedTextWhereAFieldMayHaveIt() {
        assertThat(write(Legacy.getDescriptor(), new byte[] {0x12, 3, 'a', (byte) 0xff, 'b'}))
                .isEqualTo("{\"text\":\"a\ufffdb\"}");
        assertThat(write(Edition.getDescriptor(), new byte[] {0x42, 2, (byte) 0xc3, 'b'}))
                .isEqualTo("{\"anyBytes\":\"\ufffdb\"}");
    }

    @Test
    void writesGroupsAndExtensions() {
        Legacy message = Legacy.newBuilder()
                .setPart(Legacy.Part.newBuilder()
                        .setName("a")
                        .setLegacy(Legacy.newBuilder().setCount(0)))
                .addPiece(Legacy.Piece.newBuilder().setNumber(1))
                .addPiece(Legacy.Piece.getDefaultInstance())
                .setChosen(Legacy.Chosen.newBuilder().setNumber(2))
                .setExtension(LegacyOuterClass.nickName, "b")
                .addExtension(
                        LegacyOuterClass.related,
                        Legacy.newBuilder().setOn(false).build())
                .build();
        String json =
                "{\"part\":{\"name\":\"a\",\"legacy\":{\"count\":0}},\"piece\":[{\"number\":1},{}],\"chosen\":{\"number\":2},"
                        + "\"[tollgate.codec.v1.nick_name]\":\"b\",\"[tollgate.codec.v1.related]\":[{\"on\":false}]}";

        assertThat(write(message)).isEqualTo(json);
        assertThat(TestCodecs.read(Legacy.getDefaultInstance(), json)).isEqualTo(message);
    }

    @Test
    void writesAMapWithManyKeysTwice() {
        int count = 3_000;
        WireOutput output = new WireOutput(16);
        for (int i = 0; i < 2 * count; i++) {
            output.put(FieldCodec.tag(Everything.SINT32_MAP_FIELD_NUMBER, 2));
            int mark = output.begin();
            output.put(0x08);
            output.varint(2L * (i % count));
            output.put(0x10);
            output.varint(2L * i);
            output.end(mark);
        }
        String expected = IntStream.range(0, count)
                .mapToObj(i -> "\"" + i + "\":" + (count + i))
                .collect(Collectors.joining(",", "{\"sint32Map\":{", "}}"));

        assertThat(write(Everything.getDescriptor(), output.toByteArray())).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        int32_value | 0
        int64_value | '0'
        string_value | ''
        bytes_value | ''
        bool_value | false
        double_value | 0.0
        color | 'COLOR_UNSPECIFIED'
        child | {}
        int32_list | []
        int32_map | {}
        optional_string | ''
        timestamp | '1970-01-01T00:00:00Z'
        duration | '0s'
        field_mask | ''
        struct | {}
        value | null
        list_value | []
        any | {}
        empty | {}
        null_value | null
        int64_wrapper | '0'
        """)
    void writesTheDefaultOfAFieldThatIsTheResponseAlone(String field, String json) {
        assertThat(field(Everything.newBuilder().setFixed32Value(1).build(), field))
                .isEqualTo(json.replace('\'', '"'));
    }

    @Test
    void writesAFieldThatIsTheResponseAlone() {
        Everything message = TestCodecs.everything(
                "{\"int32Value\":5,\"childList\":[{\"boolValue\":true},{}],\"stringMap\":{\"a\":\"b\"},\"timestamp\":\"2026-01-01T00:00:00Z\"}");

        assertThat(field(message, "int32_value")).isEqualTo("5");
        assertThat(field(message, "child_list")).isEqualTo("[{\"boolValue\":true},{}]");
        assertThat(field(message, "string_map")).isEqualTo("{\"a\":\"b\"}");
        assertThat(field(message, "timestamp")).isEqualTo("\"2026-01-01T00:00:00Z\"");
    }

    @Test
    void writesDefaultsOfProto2AsDeclared() {
        JsonOutput output = new JsonOutput(16);
        CODECS.of(Legacy.getDescriptor())
                .writeField(Legacy.getDescriptor().findFieldByName("high"), new byte[0], output);
        output.append(" ".getBytes(UTF_8));
        CODECS.of(Legacy.getDescriptor())
                .writeField(Legacy.getDescriptor().findFieldByName("text"), new byte[0], output);
        output.append(" ".getBytes(UTF_8));
        CODECS.of(Legacy.getDescriptor())
                .writeField(Legacy.getDescriptor().findFieldByName("ratio"), new byte[0], output);

        assertThat(new String(output.toByteArray(), UTF_8))
                .isEqualTo("\"18446744073709551615\" \"te\\\"xt\" \"Infinity\"");
    }

    private static String field(Everything message, String name) {
        JsonOutput output = new JsonOutput(16);
        CODECS.of(Everything.getDescriptor())
                .writeField(Everything.getDescriptor().findFieldByName(name), message.toByteArray(), output);
        return UTF_8.decode(output.toByteBuffer()).toString();
    }
}
