package io.tollgate.runner.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Reads a body that must be one JSON object (RFC 8259) and nothing else, in UTF-8, with no property twice. */
final class JsonBody {
    /** Stands for a value that is no string. */
    static final Object NOT_A_STRING = new Object();

    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxNumberLength(64)
                    .maxNameLength(256)
                    .maxStringLength(64 * 1024)
                    .maxTokenCount(10_000)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Names come from anyone: interned, they would stay.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            // Locations in messages, without the content around them.
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private JsonBody() {}

    /** The properties of the object: strings, and {@link #NOT_A_STRING}; those that are null are left out. */
    static Map<String, Object> read(byte[] body) {
        if (body.length == 0) {
            throw invalid("The body is empty; expected one JSON object.");
        }
        CharBuffer text = decode(body);
        try (JsonParser json = FACTORY.createParser(text.array(), 0, text.remaining())) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw invalid("The body must be one JSON object.");
            }
            Map<String, Object> properties = new HashMap<>();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                checkText(json, name);
                JsonToken value = json.nextToken();
                if (value == JsonToken.VALUE_STRING) {
                    properties.put(name, checkText(json, json.getText()));
                } else if (value != JsonToken.VALUE_NULL) {
                    properties.put(name, NOT_A_STRING);
                    skip(json);
                }
            }
            if (json.nextToken() != null) {
                throw invalid("There must be nothing after the JSON object; found more at " + at(json) + ".");
            }
            return properties;
        } catch (JsonProcessingException e) {
            throw invalid("The body is not valid JSON; it fails at " + at(e.getLocation()) + ".");
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory", e);
        }
    }

    /** By itself: Jackson would guess UTF-16 and UTF-32, and lets some ill-formed sequences pass. */
    private static CharBuffer decode(byte[] body) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
        } catch (CharacterCodingException e) {
            throw invalid("The body is not valid UTF-8.");
        }
    }

    /** Past the value that has just begun, which must be sound all the same. */
    private static void skip(JsonParser json) throws IOException {
        int depth = json.currentToken().isStructStart() ? 1 : 0;
        if (json.currentToken().isNumeric()) {
            json.getNumberValue();
        }
        while (depth > 0) {
            JsonToken token = json.nextToken();
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.FIELD_NAME || token == JsonToken.VALUE_STRING) {
                checkText(json, json.getText());
            }
        }
    }

    /** RFC 8259, section 8.2: escapes can spell half a surrogate pair, which is no character and cannot be passed on. */
    private static String checkText(JsonParser json, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw invalid("A string at " + at(json) + " has half of a surrogate pair.");
                }
                i++;
            }
        }
        return text;
    }

    private static String at(JsonParser json) {
        return at(json.currentTokenLocation());
    }

    private static String at(JsonLocation location) {
        return location == null
                ? "an unknown place"
                : "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private static GatewayException invalid(String message) {
        return GatewayException.of(CommonError.INVALID_JSON, message);
    }
}
