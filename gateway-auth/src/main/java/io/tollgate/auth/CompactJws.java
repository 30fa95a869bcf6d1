package io.tollgate.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tollgate.auth.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Base64;
import java.util.Map;

/**
 * The parts of a signed token (RFC 7515, section 3.1), parsed more strictly than usual: three parts of Base64url
 * without padding, whitespace or stray bits at the end, so that no two strings are the same token; valid UTF-8; JSON
 * objects without duplicate members (RFC 8725, sections 2.6 and 3.7).
 */
record CompactJws(Map<String, Object> header, String signed, String signature) {

    static CompactJws parse(String token) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first <= 0 || second <= first + 1 || token.indexOf('.', second + 1) >= 0) {
            throw Rejection.malformed();
        }
        requireBase64Url(token, 0, first);
        requireBase64Url(token, first + 1, second);
        requireBase64Url(token, second + 1, token.length());
        return new CompactJws(
                jsonObject(token.substring(0, first)), token.substring(0, second), token.substring(second + 1));
    }

    /** Parses the claims, which is worthwhile only if the signature is valid. */
    Map<String, Object> claims() {
        return jsonObject(signed.substring(signed.indexOf('.') + 1));
    }

    /** Returns header and payload as they were signed. */
    byte[] signingInput() {
        return signed.getBytes(US_ASCII);
    }

    private static void requireBase64Url(String s, int from, int to) {
        for (int i = from; i < to; i++) {
            if (sextet(s.charAt(i)) < 0) {
                throw Rejection.malformed();
            }
        }
        int stray = (to - from) % 4;
        // One character more than full groups holds no byte; two leave 4 bits over, three leave 2, which must be zero.
        if (stray == 1
                || (stray == 2 && (sextet(s.charAt(to - 1)) & 0b1111) != 0)
                || (stray == 3 && (sextet(s.charAt(to - 1)) & 0b11) != 0)) {
            throw Rejection.malformed();
        }
    }

    private static int sextet(char c) {
        if (c >= 'A' && c <= 'Z') {
            return c - 'A';
        }
        if (c >= 'a' && c <= 'z') {
            return c - 'a' + 26;
        }
        if (c >= '0' && c <= '9') {
            return c - '0' + 52;
        }
        return c == '-' ? 62 : c == '_' ? 63 : -1;
    }

    private static Map<String, Object> jsonObject(String base64Url) {
        try {
            String json = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Base64.getUrlDecoder().decode(base64Url)))
                    .toString();
            Map<String, Object> object = JsonObject.parse(json);
            if (DuplicateMembers.areNestedIn(json)) {
                throw Rejection.invalid();
            }
            return object;
        } catch (CharacterCodingException | ParseException e) {
            throw Rejection.invalid();
        }
    }

    /** Redacts everything: the parts make the token. */
    @Override
    public String toString() {
        return "CompactJws[redacted]";
    }
}
