package io.tollgate.runner.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads any body; Jackson's own tree is the reference for what is one JSON object. */
class JsonBodyFuzzTest {
    private static final JsonMapper REFERENCE = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Half of a surrogate pair, which JSON can spell and UTF-8 cannot. */
    private static final Pattern SURROGATE = Pattern.compile("\\\\u[dD][89a-fA-F]");

    private static final Pattern LONG_NUMBER = Pattern.compile("[-+.0-9eE]{50}");
    private static final Pattern LONG_NAME = Pattern.compile("\"[^\"]{200}");

    @FuzzTest
    void aBodyIsOneObjectOrRejected(byte[] body) {
        Map<String, Object> properties;
        try {
            properties = JsonBody.read(body);
        } catch (GatewayException e) {
            assertThat(e.code()).isEqualTo(CommonError.INVALID_JSON);
            assertThat(e.getMessage()).hasSizeLessThan(200).doesNotContain("\n");
            assertThat(isOneObject(body)).as(new String(body, UTF_8)).isFalse();
            return;
        }
        JsonNode reference = reference(new String(body, UTF_8));
        assertThat(reference).isNotNull();
        reference.properties().forEach(property -> {
            Object value = properties.get(property.getKey());
            if (property.getValue().isTextual()) {
                assertThat(value).isEqualTo(property.getValue().textValue());
            } else if (property.getValue().isNull()) {
                assertThat(value).isNull();
            } else {
                assertThat(value).isSameAs(JsonBody.NOT_A_STRING);
            }
        });
        assertThat(properties.keySet()).allMatch(reference::has);
    }

    /** Returns whether the body is an object and far from all limits. */
    private static boolean isOneObject(byte[] body) {
        String text;
        try {
            text = UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            return false;
        }
        return text.length() < 5_000
                && text.chars().filter(c -> c == '[' || c == '{').count() < 30
                && !SURROGATE.matcher(text).find()
                && !LONG_NUMBER.matcher(text).find()
                && !LONG_NAME.matcher(text).find()
                && reference(text) != null;
    }

    private static JsonNode reference(String text) {
        try {
            JsonNode tree = REFERENCE.readTree(text);
            return tree != null && tree.isObject() ? tree : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
