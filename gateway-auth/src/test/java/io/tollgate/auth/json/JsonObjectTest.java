package io.tollgate.auth.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.text.ParseException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonObjectTest {
    @Test
    void parsesAnObject() throws ParseException {
        assertThat(JsonObject.parse("{\"a\":[1,{}]}")).containsOnlyKeys("a");
    }

    @Test
    void takesBracketsInStringsForText() throws ParseException {
        String text = "[{\\\"".repeat(100);

        assertThat(JsonObject.parse("{\"a\":\"" + text + "\"}")).isEqualTo(Map.of("a", text.replace("\\\"", "\"")));
    }

    @Test
    void countsOpenBracketsOnly() throws ParseException {
        assertThat(JsonObject.parse("{\"a\":[" + "[],".repeat(100) + "{}]}")).containsOnlyKeys("a");
    }

    @Test
    void parsesTheDeepestThatIsAcceptedAndNothingDeeper() throws ParseException {
        assertThat(JsonObject.parse(nested(JsonObject.MAX_DEPTH))).containsOnlyKeys("a");
        assertThatThrownBy(() -> JsonObject.parse(nested(JsonObject.MAX_DEPTH + 1)))
                .isInstanceOf(ParseException.class)
                .hasMessage("no JSON object of at most 64 levels");
        assertThatThrownBy(() -> JsonObject.parse(nested(100_000))).isInstanceOf(ParseException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "7", "[]", "\"{}\"", " {}", "{", "{}}", "{\"a\":\"", "{\"a\":\"\\"})
    void rejectsWhatIsNoObject(String text) {
        assertThatThrownBy(() -> JsonObject.parse(text)).isInstanceOf(ParseException.class);
    }

    private static String nested(int depth) {
        return "{\"a\":" + "[".repeat(depth - 1) + "]".repeat(depth - 1) + "}";
    }
}
