package io.tollgate.auth;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Translates the claims of the former user service: HS256 tokens with {@code id}, {@code user_id}, {@code username},
 * {@code issued_at} and {@code expired_at}, the times in RFC 3339 or whole seconds, and no {@code exp}.
 */
final class LegacyClaims {
    private LegacyClaims() {}

    /** Returns whether a token has the former claims and not the registered ones. */
    static boolean areIn(Map<String, Object> claims) {
        return claims.containsKey("expired_at") && !claims.containsKey("exp");
    }

    /** Returns the claims under their names in RFC 7519. */
    static Map<String, Object> translate(Map<String, Object> claims) {
        Map<String, Object> translated = new LinkedHashMap<>(claims);
        translated.put("exp", seconds(translated.remove("expired_at")));
        if (translated.containsKey("issued_at")) {
            translated.put("iat", seconds(translated.remove("issued_at")));
        }
        if (translated.containsKey("id")) {
            translated.put("jti", translated.remove("id"));
        }
        return translated;
    }

    /** Reads a time, rounded down: a token must not live longer than it says. */
    private static Object seconds(@Nullable Object time) {
        if (time instanceof Long) {
            return time;
        }
        if (time instanceof String text) {
            try {
                return OffsetDateTime.parse(text).toEpochSecond();
            } catch (DateTimeException e) {
                throw Rejection.invalid();
            }
        }
        throw Rejection.invalid();
    }
}
