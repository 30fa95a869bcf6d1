package io.tollgate.auth;

import io.tollgate.auth.keys.KeyQuery;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parts of a token's header that are read: the algorithm that it claims and the key that it names. */
record TokenHeader(SignatureAlgorithm algorithm, Optional<String> kid) {
    /**
     * Members that no access token needs: keys that the token brings or points to, extensions that must be understood,
     * compression, unencoded payloads, encryption (RFC 8725, sections 3.1 and 3.10; RFC 7515, section 4.1).
     */
    private static final Set<String> REJECTED =
            Set.of("crit", "jku", "jwk", "x5u", "x5c", "zip", "b64", "enc", "epk", "apu", "apv", "p2s", "p2c");

    private static final Set<String> TYPES = Set.of("jwt", "at+jwt");

    static TokenHeader check(Map<String, Object> header) {
        for (String name : header.keySet()) {
            if (REJECTED.contains(name)) {
                throw Rejection.invalid();
            }
        }
        String type = text(header, "typ");
        if (type != null && !TYPES.contains(mediaSubtype(type))) {
            throw Rejection.invalid();
        }
        String contentType = text(header, "cty");
        if (contentType != null && mediaSubtype(contentType).endsWith("jwt")) {
            throw Rejection.invalid();
        }
        String kid = text(header, "kid");
        if (kid != null && !TokenKey.isKid(kid)) {
            throw Rejection.invalid();
        }
        String algorithm = text(header, "alg");
        return new TokenHeader(
                Optional.ofNullable(algorithm)
                        .flatMap(SignatureAlgorithm::named)
                        .orElseThrow(Rejection::invalid),
                Optional.ofNullable(kid));
    }

    /** Returns the query for the key that may have signed the token. */
    KeyQuery query() {
        return KeyQuery.of(algorithm, kid);
    }

    /**
     * Returns a media type in lower case without {@code application/}, which is optional (RFC 7515, section 4.1.9).
     */
    private static String mediaSubtype(String type) {
        String lower = type.toLowerCase(Locale.ROOT);
        return lower.startsWith("application/") ? lower.substring("application/".length()) : lower;
    }

    private static @Nullable String text(Map<String, Object> header, String name) {
        Object value = header.get(name);
        if (value instanceof String text) {
            return text;
        }
        if (header.containsKey(name)) {
            throw Rejection.invalid();
        }
        return null;
    }
}
