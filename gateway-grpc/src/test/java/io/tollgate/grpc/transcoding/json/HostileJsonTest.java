package io.tollgate.grpc.transcoding.json;

import static io.tollgate.grpc.transcoding.json.TestCodecs.everything;
import static io.tollgate.grpc.transcoding.json.TestCodecs.violations;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.grpc.transcoding.codec.Everything;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies of clients that mean harm, or do not know better. */
class HostileJsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "nul",
                "true",
                "1",
                "\"a\"",
                "[]",
                "{",
                "}",
                "{]",
                "[}",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"int32Value\":1,}",
                "{\"int32Value\":1 , }",
                "{,}",
                "{\"int32Value\" 1}",
                "{int32Value:1}",
                "{'int32Value':1}",
                "{\"int32Value\":1}x",
                "{\"int32Value\":1}{}",
                "{} {}",
                "{},",
                "{\"int32Value\":01}",
                "{\"int32Value\":-01}",
                "{\"int32Value\":+1}",
                "{\"int32Value\":.5}",
                "{\"int32Value\":1.}",
                "{\"int32Value\":1e}",
                "{\"int32Value\":1e+}",
                "{\"int32Value\":-}",
                "{\"int32Value\":0x10}",
                "{\"int32Value\":1_000}",
                "{\"int32Value\":1 2}",
                "{\"floatValue\":NaN}",
                "{\"floatValue\":Infinity}",
                "{\"floatValue\":-Infinity}",
                "{\"boolValue\":True}",
                "{\"boolValue\":tru}",
                "{\"boolValue\":truee}",
                "{\"color\":RED}",
                "{\"child\":nulll}",
                "{\"child\":nil}",
                "{\"int32List\":[1,2,]}",
                "{\"int32List\":[,1]}",
                "{\"int32List\":[1 2]}",
                "{\"int32List\":[1}",
                "{\"int32Map\":{1:2}}",
                "{\"int32Map\":{null:2}}",
                "{\"int32Map\":{\"1\":2,}}",
                "{\"stringValue\":'a'}",
                "{\"stringValue\":\"a}",
                "{\"stringValue\":\"\\",
                "{\"stringValue\":\"\\\"}",
                "{\"stringValue\":\"\\x\"}",
                "{\"stringValue\":\"\\U8C37\"}",
                "{\"stringValue\":\"\\u8C3\"}",
                "{\"stringValue\":\"\\uXXXX\"}",
                "{\"stringValue\":\"\\ud83d\\uXXXX\"}",
                "{\"stringValue\":\"a\nb\"}",
                "{\"stringValue\":\"a\u0000b\"}",
                "{\"unknown\":{\"a\":[1,}}",
                "{\"unknown\":\"a\tb\"}",
                "{\"unknown\":[01]}",
                "{\"unknown\":{a:1}}",
                "{/* no */}",
                "{// no\n}",
                "{\"a\":1;}",
                "\u00a0{}",
                "{}\u00a0",
                "{}\u0000",
                "\u0000{}",
                "\f{}",
                "{\"any\":{\"int32Value\":[,\"@type\":\"x/tollgate.codec.v1.Everything\"}}",
                "{\"any\":{\"a\":1",
                "{\"value\":[1,]}"
            })
    void saysWhatIsNoJson(String body) {
        assertThat(violations(body)).containsExactly("INVALID_JSON");
    }

    @Test
    void rejectsAByteOrderMarkAndOtherEncodings() {
        assertThat(violations("\ufeff{}")).containsExactly("INVALID_JSON");
        assertThat(violations(Everything.getDescriptor(), "{}".getBytes(UTF_16BE)))
                .containsExactly("INVALID_JSON");
    }

    @Test
    void saysWhereTheJsonEnds() {
        assertThatThrownBy(() -> everything("{\n  \"stringValue\": \"ä\", x}"))
                .isInstanceOfSatisfying(GatewayException.class, e -> {
                    assertThat(e.code()).isEqualTo(CommonError.INVALID_JSON);
                    assertThat(e)
                            .hasMessage(
                                    "The body is not valid JSON: it has no name in quotes where a property must begin, at line 2, column 23.");
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "c0 80",
                "c1 bf",
                "c2",
                "c3 28",
                "e0 80 80",
                "e0 9f bf",
                "ed a0 80",
                "ed bf bf",
                "e2 82",
                "e2 28 a1",
                "f0 80 80 80",
                "f0 8f bf bf",
                "f4 90 80 80",
                "f5 80 80 80",
                "f0 9f 98",
                "fe",
                "ff",
                "fc 80 80 80 80 80"
            })
    void rejectsIllFormedUtf8(String hex) {
        String bytes = Arrays.stream(hex.split(" "))
                .map(part -> String.valueOf((char) Integer.parseInt(part, 16)))
                .collect(Collectors.joining());
        byte[] value = ("{\"stringValue\":\"a" + bytes + "\",\"boolValue\":1}").getBytes(ISO_8859_1);
        byte[] name = ("{\"" + bytes + "\":1}").getBytes(ISO_8859_1);
        byte[] key = ("{\"stringMap\":{\"" + bytes + "\":\"a\"}}").getBytes(ISO_8859_1);

        assertThat(violations(Everything.getDescriptor(), value))
                .containsExactly("stringValue INVALID_UTF8", "boolValue WRONG_TYPE");
        assertThat(violations(Everything.getDescriptor(), name))
                .singleElement()
                .asString()
                .endsWith(" INVALID_UTF8");
        assertThat(violations(Everything.getDescriptor(), key))
                .singleElement()
                .asString()
                .endsWith(" INVALID_UTF8");
    }

    @Test
    void acceptsEveryCharacter() {
        StringBuilder all = new StringBuilder();
        for (int c = ' '; c <= Character.MAX_CODE_POINT; c += c < 0x3000 ? 1 : 97) {
            if (c != '"' && c != '\\' && !(c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
                all.appendCodePoint(c);
            }
        }
        Everything message = everything("{\"stringValue\":\"" + all + "\"}");

        assertThat(message.getStringValue()).isEqualTo(all.toString());
        assertThat(TestCodecs.write(message)).isEqualTo("{\"stringValue\":\"" + all + "\"}");
    }

    @Test
    void readsHundredLevelsAndNoMore() throws Exception {
        String hundred = "{\"child\":".repeat(99) + "{}" + "}".repeat(99);
        Everything message = everything(hundred);

        assertThat(TestCodecs.write(message)).isEqualTo(hundred);
        assertThat(violations("{\"child\":" + hundred + '}'))
                .singleElement()
                .asString()
                .endsWith(" TOO_DEEP");
    }

    @Test
    void readsNothingThatTheParserOfAServiceCannot() throws Exception {
        String deepest = "";
        for (int depth = 1; depth < 100; depth++) {
            String json = "{\"struct\":" + "{\"a\":".repeat(depth) + "1" + "}".repeat(depth) + '}';
            if (!violations(json).isEmpty()) {
                break;
            }
            deepest = json;
        }
        byte[] message = TestCodecs.read(Everything.getDescriptor(), deepest.getBytes(UTF_8));

        assertThat(deepest.chars().filter(c -> c == '{').count()).isEqualTo(34);
        assertThat(Everything.parseFrom(CodedInputStream.newInstance(message)).hasStruct())
                .isTrue();
        assertThat(TestCodecs.write(Everything.getDescriptor(), message)).isEqualTo(deepest.replace(":1}", ":1.0}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown",
                "struct",
                "value",
                "listValue",
                "any",
                "int32List",
                "childList",
                "childMap",
                "stringValue"
            })
    void stopsAtTheDepthOfJsonWhereverItIs(String field) {
        for (String bracket : List.of("[", "{\"a\":")) {
            String body = "{\"" + field + "\":" + bracket.repeat(500_000);
            assertThat(violations(body)).last().asString().endsWith(" TOO_DEEP");
        }
    }

    @Test
    void reportsAtMostFiftyViolations() {
        String body = "{\"int32List\":[" + String.join(",", Collections.nCopies(100_000, "\"x\"")) + "]}";

        assertThat(violations(body)).hasSize(50).last().isEqualTo("int32List[49] WRONG_TYPE");
    }

    @Test
    void showsLongNamesCutOff() {
        String name = "n".repeat(100_000);

        assertThat(violations("{\"" + name + "\":1,\"stringMap\":{\"" + name + "\":1}}"))
                .containsExactly(
                        "n".repeat(100) + "… UNKNOWN_FIELD", "stringMap[\"" + "n".repeat(100) + "…\"] WRONG_TYPE");
    }

    @Test
    void findsDuplicateKeysAmongManyInLinearTime() {
        int count = 200_000;
        String keys =
                IntStream.range(0, count).mapToObj(i -> "\"k" + i + "\":\"v\"").collect(Collectors.joining(","));

        assertThat(everything("{\"stringMap\":{" + keys + "}}").getStringMapMap())
                .hasSize(count);
        assertThat(violations("{\"stringMap\":{" + keys + ",\"k7\":\"w\"}}"))
                .containsExactly("stringMap[\"k7\"] DUPLICATE_KEY");
        assertThat(violations("{\"struct\":{" + keys + ",\"k199999\":1}}"))
                .containsExactly("struct[\"k199999\"] DUPLICATE_KEY");
    }

    /** Each type is after a megabyte that would be searched again for each level. */
    @Test
    void searchesForTypesThatComeLastInLinearTime() {
        int levels = 45;
        String type = "\"@type\":\"x/tollgate.codec.v1.Everything\"}";
        String inner = "{\"stringValue\":\"" + "x".repeat(1_000_000) + "\"," + type;
        String body = "{\"any\":" + "{\"any\":".repeat(levels) + inner + (',' + type).repeat(levels) + '}';

        Everything message = everything(body);

        assertThat(message.getAny().getValue().size()).isGreaterThan(1_000_000);
    }

    @Test
    void readsNumbersOfAMegabyte() {
        String digits = "1".repeat(1_000_000);

        assertThat(violations("{\"int32Value\":" + digits + '}')).containsExactly("int32Value OUT_OF_RANGE");
        assertThat(violations("{\"doubleValue\":" + digits + '}')).containsExactly("doubleValue OUT_OF_RANGE");
        assertThat(violations("{\"int32Value\":1e" + digits + '}')).containsExactly("int32Value OUT_OF_RANGE");
        assertThat(everything("{\"int32Value\":1." + "0".repeat(1_000_000) + '}')
                        .getInt32Value())
                .isEqualTo(1);
        assertThat(everything("{\"doubleValue\":0." + digits + '}').getDoubleValue())
                .isEqualTo(1 / 9.0);
    }

    @Test
    void keepsTheValuesOfManySmallMessagesApart() {
        int count = 50_000;
        String children = IntStream.range(0, count)
                .mapToObj(i -> "{\"int32Value\":" + i + "}")
                .collect(Collectors.joining(","));

        Everything message = everything("{\"childList\":[" + children + "]}");

        assertThat(message.getChildListList())
                .extracting(Everything::getInt32Value)
                .isEqualTo(IntStream.range(0, count).boxed().toList());
    }

    @Test
    void readsALongStructAsTheServiceWould() {
        String elements = String.join(",", Collections.nCopies(10_000, "{\"a\":[1]}"));

        Struct struct = everything("{\"struct\":{\"list\":[" + elements + "]}}").getStruct();

        assertThat(struct.getFieldsOrThrow("list").getListValue().getValuesList())
                .hasSize(10_000)
                .extracting(Value::hasStructValue)
                .containsOnly(true);
    }
}
