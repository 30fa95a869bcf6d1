package io.tollgate.grpc.transcoding.json;

import static io.tollgate.grpc.transcoding.json.TestCodecs.CODECS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Int64Value;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import com.google.protobuf.Timestamp;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.grpc.transcoding.codec.Color;
import io.tollgate.grpc.transcoding.codec.Edition;
import io.tollgate.grpc.transcoding.codec.Everything;
import io.tollgate.grpc.transcoding.codec.Legacy;
import io.tollgate.grpc.transcoding.codec.Required;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of a body and of fields that path, query and identity set. */
class RequestMessageTest {
    private static final Descriptor TYPE = Everything.getDescriptor();

    private static FieldPath path(String path) {
        return requireNonNull(FieldPath.find(TYPE, path), path);
    }

    private static RequestMessage request() {
        return CODECS.of(TYPE).request(FixedFields.builder(TYPE).build());
    }

    private static RequestMessage request(FixedFields.Builder fixed) {
        return CODECS.of(TYPE).request(fixed.build());
    }

    private static FixedFields.Builder fixed() {
        return FixedFields.builder(TYPE);
    }

    private static byte[] bytes(String json) {
        return json.getBytes(UTF_8);
    }

    private static Everything message(RequestMessage request) throws InvalidProtocolBufferException {
        return Everything.parseFrom(request.toByteArray());
    }

    private static List<String> violations(RequestMessage request) {
        GatewayException e = catchThrowableOfType(GatewayException.class, request::toByteArray);
        assertThat(e.code()).isEqualTo(CommonError.INVALID_ARGUMENT);
        return e.violations().stream()
                .map(violation -> violation.field() + ' ' + violation.code())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        int32_value   | -5                    | int32_value: -5
        int64Value    | 9007199254740993      | int64_value: 9007199254740993
        uint64_value  | 18446744073709551615  | uint64_value: 18446744073709551615
        sint32_value  | 1e3                   | sint32_value: 1000
        float_value   | 1.5                   | float_value: 1.5
        double_value  | -Infinity             | double_value: -inf
        bool_value    | true                  | bool_value: true
        string_value  | ä "quoted" \\u0041    | string_value: "\\303\\244 \\"quoted\\" \\\\u0041"
        bytes_value   | -_8                   | bytes_value: "\\373\\377"
        color         | CRIMSON               | color: RED
        color         | 2                     | color: GREEN
        color         | 55                    | color: 55
        timestamp     | 1970-01-01T00:00:01Z  | timestamp { seconds: 1 }
        duration      | -1.5s                 | duration { seconds: -1 nanos: -500000000 }
        field_mask    | a,bC                  | field_mask { paths: "a" paths: "b_c" }
        int64_wrapper | 7                     | int64_wrapper { value: 7 }
        bytes_wrapper | AQ                    | bytes_wrapper { value: "\\001" }
        string_wrapper | x                    | string_wrapper { value: "x" }
        child.child.string_value | x          | child { child { string_value: "x" } }
        child.timestamp | 1970-01-01T00:00:01Z | child { timestamp { seconds: 1 } }
        optional_int32 | 0                    | optional_int32: 0
        chosen_string | x                     | chosen_string: "x"
        """)
    void setsAFieldFromText(String field, String text, String expected) throws Exception {
        RequestMessage request = request();
        request.set(path(field), text);

        Everything.Builder wanted = Everything.newBuilder();
        TextFormat.merge(expected, wanted);
        assertThat(message(request)).isEqualTo(wanted.build());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        int32_value  | 2147483648  | int32Value OUT_OF_RANGE
        int32_value  | 1.5         | int32Value WRONG_TYPE
        int32_value  | ``          | int32Value WRONG_TYPE
        bool_value   | 1           | boolValue WRONG_TYPE
        bool_value   | TRUE        | boolValue WRONG_TYPE
        bytes_value  | !           | bytesValue INVALID_FORMAT
        bytes_value  | !!          | bytesValue INVALID_FORMAT
        color        | PURPLE      | color UNKNOWN_VALUE
        float_value  | 1e39        | floatValue OUT_OF_RANGE
        timestamp    | yesterday   | timestamp INVALID_FORMAT
        field_mask   | a_b         | fieldMask INVALID_FORMAT
        child.int64_wrapper | x    | child.int64Wrapper WRONG_TYPE
        """)
    void rejectsATextThatDoesNotFit(String field, String text, String violation) {
        RequestMessage request = request();
        request.set(path(field), text);

        assertThat(violations(request)).containsExactly(violation);
    }

    @Test
    void rejectsHalfASurrogate() {
        RequestMessage request = request();
        request.set(path("string_value"), "a\ud800");

        assertThat(violations(request)).containsExactly("stringValue INVALID_UNICODE");
    }

    @Test
    void addsToAListInOrder() throws Exception {
        RequestMessage request = request();
        request.set(path("int32_list"), "1");
        request.set(path("string_list"), "a");
        request.set(path("int32_list"), "2");
        request.set(path("timestamp_list"), "1970-01-01T00:00:01Z");

        assertThat(message(request))
                .isEqualTo(Everything.newBuilder()
                        .addInt32List(1)
                        .addInt32List(2)
                        .addStringList("a")
                        .addTimestampList(Timestamp.newBuilder().setSeconds(1))
                        .build());
    }

    @Test
    void rejectsASecondValueAndASecondMemberOfAOneof() {
        RequestMessage request = request();
        request.set(path("int32Value"), "1");
        request.set(path("int32_value"), "1");
        request.set(path("chosen_child.string_value"), "a");
        request.set(path("chosen_child.int32_value"), "1");
        request.set(path("chosen_int32"), "1");
        request.set(path("child.chosen_int32"), "1");
        request.set(path("child.chosen_string"), "1");

        assertThat(violations(request))
                .containsExactly(
                        "int32Value DUPLICATE_FIELD",
                        "chosenInt32 ONEOF_CONFLICT",
                        "child.chosenString ONEOF_CONFLICT");
    }

    @Test
    void takesFieldsOfThePathFromThePathAlone() throws Exception {
        RequestMessage request = request(fixed().bound(path("int32_value")).bound(path("child.string_value")));
        request.readBody(
                bytes(
                        "{\"int32Value\":\"not a number\",\"child\":{\"string_value\":[{}],\"boolValue\":true},\"stringValue\":\"x\"}"));
        request.set(path("int32_value"), "7");
        request.set(path("child.string_value"), "path");

        assertThat(message(request))
                .isEqualTo(Everything.newBuilder()
                        .setInt32Value(7)
                        .setStringValue("x")
                        .setChild(Everything.newBuilder().setStringValue("path").setBoolValue(true))
                        .build());
    }

    @Test
    void discardsWhatTheClientSendsForTheIdentity() throws Exception {
        FixedFields.Builder fixed = fixed().discarded(path("string_value")).discarded(path("child.child.string_value"));
        String body = """
                {"stringValue":"evil","child":{"child":{"string\\u0056alue":"evil","int32Value":1},
                 "childList":[{"stringValue":"theirs"}]}}
                """;
        RequestMessage anonymous = request(fixed);
        anonymous.readBody(bytes(body));
        RequestMessage known = request(fixed);
        known.readBody(bytes(body));
        assertThat(known.setIdentity(path("string_value"), "ada")).isTrue();
        assertThat(known.setIdentity(path("child.child.string_value"), "ada")).isTrue();

        Everything expected = Everything.newBuilder()
                .setChild(Everything.newBuilder()
                        .setChild(Everything.newBuilder().setInt32Value(1))
                        .addChildList(Everything.newBuilder().setStringValue("theirs")))
                .build();
        assertThat(message(anonymous)).isEqualTo(expected);
        Everything.Builder identified = expected.toBuilder().setStringValue("ada");
        identified.getChildBuilder().getChildBuilder().setStringValue("ada");
        assertThat(message(known)).isEqualTo(identified.build());
    }

    @Test
    void letsTheIdentityWinWithinAOneof() throws Exception {
        RequestMessage request = request(fixed().discarded(path("chosen_string")));
        request.readBody(bytes("{\"chosenInt32\":5}"));
        request.setIdentity(path("chosen_string"), "ada");

        assertThat(message(request).getChosenString()).isEqualTo("ada");
    }

    @Test
    void leavesAnIdentityUnsetThatDoesNotFit() throws Exception {
        RequestMessage request = request();
        request.set(path("bool_value"), "true");

        assertThat(request.setIdentity(path("child.int32_value"), "ada")).isFalse();
        assertThat(request.setIdentity(path("child.bytes_value"), "!!!!")).isFalse();
        assertThat(request.setIdentity(path("child.int32_value"), "12")).isTrue();
        assertThat(message(request))
                .isEqualTo(Everything.newBuilder()
                        .setBoolValue(true)
                        .setChild(Everything.newBuilder().setInt32Value(12))
                        .build());
    }

    @Test
    void rejectsABodyWithAnotherMemberOfTheOneofThanThePath() {
        RequestMessage request = request(fixed().bound(path("chosen_int32")));
        request.readBody(bytes("{\"chosenString\":\"a\",\"otherString\":\"b\"}"));
        request.set(path("chosen_int32"), "1");

        assertThat(violations(request)).containsExactly("chosenString ONEOF_CONFLICT");
    }

    @Test
    void mergesTheMemberOfAOneofThatThePathSetsInPart() throws Exception {
        FixedFields.Builder fixed = fixed().bound(path("chosen_child.string_value"));
        RequestMessage request = request(fixed);
        request.readBody(bytes("{\"chosenChild\":{\"stringValue\":\"body\",\"int32Value\":1}}"));
        request.set(path("chosen_child.string_value"), "path");
        RequestMessage conflicting = request(fixed);
        conflicting.readBody(bytes("{\"chosenInt32\":1}"));

        assertThat(message(request).getChosenChild())
                .isEqualTo(Everything.newBuilder()
                        .setStringValue("path")
                        .setInt32Value(1)
                        .build());
        assertThat(violations(conflicting)).containsExactly("chosenInt32 ONEOF_CONFLICT");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        child        | {'stringValue':'x'}     | child { string_value: "x" }
        child        | {}                      | child { }
        string_value | 'x'                     | string_value: "x"
        int64_value  | ' 5'                    | INVALID
        int64_value  | '5'                     | int64_value: 5
        color        | 'RED'                   | color: RED
        bool_value   |  true                   | bool_value: true
        int32_list   | [1,2]                   | int32_list: 1 int32_list: 2
        child_list   | [{},{'boolValue':true}] | child_list { } child_list { bool_value: true }
        string_map   | {'a':'b'}               | string_map { key: "a" value: "b" }
        timestamp    | '1970-01-01T00:00:01Z'  | timestamp { seconds: 1 }
        value        | null                    | value { null_value: NULL_VALUE }
        null_value   | null                    |
        struct       | {'a':1}                 | struct { fields { key: "a" value { number_value: 1 } } }
        int32_wrapper | 5                      | int32_wrapper { value: 5 }
        child.int32_value | 5                  | child { int32_value: 5 }
        """)
    void readsABodyThatIsOneField(String field, String json, String expected) throws Exception {
        RequestMessage request = request();
        request.set(path("fixed32_value"), "1");
        request.readBody(path(field), bytes(json.replace('\'', '"')));

        if ("INVALID".equals(expected)) {
            assertThat(violations(request)).containsExactly(path(field) + " WRONG_TYPE");
            return;
        }
        Everything.Builder wanted = Everything.newBuilder().setFixed32Value(1);
        TextFormat.merge(expected == null ? "" : expected, wanted);
        assertThat(message(request)).isEqualTo(wanted.build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"child", "int32_value", "int32_list", "string_map", "timestamp", "value_list", "struct"})
    void rejectsNullAsABodyThatIsOneField(String field) {
        assertThatThrownBy(() -> request().readBody(path(field), bytes("null")))
                .isInstanceOfSatisfying(
                        GatewayException.class, e -> assertThat(e.code()).isEqualTo(CommonError.INVALID_JSON));
    }

    @Test
    void namesPlacesInABodyThatIsOneFieldFromTheRequestOn() {
        RequestMessage request = request();
        request.readBody(path("child"), bytes("{\"childList\":[{},{\"boolValue\":3}]}"));
        request.set(path("int32_value"), "x");

        assertThat(violations(request))
                .containsExactly("child.childList[1].boolValue WRONG_TYPE", "int32Value WRONG_TYPE");
    }

    @Test
    void knowsTheFixedFieldsInABodyThatIsOneField() throws Exception {
        RequestMessage request = request(fixed().bound(path("child.string_value")));
        request.set(path("child.string_value"), "path");
        request.readBody(path("child"), bytes("{\"stringValue\":\"body\",\"int32Value\":1}"));

        assertThat(message(request).getChild())
                .isEqualTo(Everything.newBuilder()
                        .setStringValue("path")
                        .setInt32Value(1)
                        .build());
    }

    @Test
    void setsBytesAsTheyAre() throws Exception {
        RequestMessage request = request();
        request.setBytes(path("child.bytes_value"), new byte[] {0, -1});

        assertThat(message(request).getChild().getBytesValue().toByteArray()).containsExactly(0, -1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> request().setBytes(path("string_value"), new byte[0]))
                .withMessage("field: stringValue of type STRING (expected: BYTES)");
    }

    @Test
    void isEmptyWithoutAnything() {
        assertThat(request().toByteArray()).isEmpty();
    }

    @Test
    void addsViolationsOfTheCaller() {
        RequestMessage request = request();
        request.violation("nope", "UNKNOWN_PARAMETER", "is not a parameter");

        assertThat(violations(request)).containsExactly("nope UNKNOWN_PARAMETER");
    }

    @Test
    void stopsAtFiftyViolations() {
        RequestMessage request = request();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        request.violation("parameter" + i, "UNKNOWN_PARAMETER", "is not a parameter");
                    }
                })
                .isInstanceOfSatisfying(
                        GatewayException.class, e -> assertThat(e.violations()).hasSize(50));
    }

    @Test
    void demandsRequiredFieldsOfProto2() {
        assertThat(TestCodecs.violations(Legacy.getDescriptor(), bytes("{\"needed\":{\"next\":{\"name\":\"a\"}}}")))
                .containsExactly("needed.next.number REQUIRED", "needed.name REQUIRED", "needed.number REQUIRED");
        assertThat(TestCodecs.violations(Required.getDescriptor(), bytes("{\"name\":null,\"number\":1}")))
                .containsExactly("name REQUIRED");
        assertThat(TestCodecs.violations(Edition.getDescriptor(), bytes("{}"))).containsExactly("needed REQUIRED");
    }

    @Test
    void countsRequiredFieldsThatThePathSets() throws Exception {
        Descriptor type = Required.getDescriptor();
        FieldPath name = FieldPath.of(type, "name");
        MessageCodec codec = CODECS.of(type);
        RequestMessage withBody =
                codec.request(FixedFields.builder(type).bound(name).build());
        withBody.readBody(bytes("{\"number\":1}"));
        withBody.set(name, "a");
        RequestMessage withQuery = codec.request(FixedFields.builder(type).build());
        withQuery.set(name, "a");

        assertThat(Required.parseFrom(withBody.toByteArray()).getNumber()).isEqualTo(1);
        assertThat(violations(withQuery)).containsExactly("number REQUIRED");
    }

    @Test
    void rejectsUnknownNumbersOfClosedEnums() {
        assertThat(TestCodecs.violations(Legacy.getDescriptor(), bytes("{\"size\":77}")))
                .containsExactly("size UNKNOWN_VALUE");
    }

    @Test
    void readsDelimitedMessagesOfEditions() throws Exception {
        Edition message = TestCodecs.read(Edition.getDefaultInstance(), """
                {"needed":"a","delimited":{"needed":"b","explicit":0,"implicit":0},"delimitedList":[{"needed":"c"}],
                 "delimitedTime":"1970-01-01T00:00:01Z","expanded":[1,2],"mode":"SECOND","map":{"1":{"needed":"d"}}}
                """);

        assertThat(message.getDelimited().hasExplicit()).isTrue();
        assertThat(message.getDelimitedList(0).getNeeded()).isEqualTo("c");
        assertThat(message.getDelimitedTime())
                .isEqualTo(Timestamp.newBuilder().setSeconds(1).build());
        assertThat(message.getMapOrThrow(1).getNeeded()).isEqualTo("d");
    }

    @Test
    void composesManyPartsOfOneMessage() throws Exception {
        RequestMessage request = request();
        request.set(path("child.int64_wrapper"), "1");
        request.set(path("child.field_mask"), "a");
        request.set(path("child.color"), "RED");
        for (int i = 0; i < 10_000; i++) {
            request.set(path("child.int32_list"), "1");
        }

        Everything child = message(request).getChild();
        assertThat(child.getInt64Wrapper()).isEqualTo(Int64Value.of(1));
        assertThat(child.getFieldMask())
                .isEqualTo(FieldMask.newBuilder().addPaths("a").build());
        assertThat(child.getColor()).isEqualTo(Color.RED);
        assertThat(child.getInt32ListCount()).isEqualTo(10_000);
    }
}
