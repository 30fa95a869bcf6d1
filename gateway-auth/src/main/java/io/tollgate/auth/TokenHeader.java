package io.tollgate.auth;

import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What we believe of a token's header: which algorithm it claims, and which key it names. */
record TokenHeader(SignatureAlgorithm algorithm, Optional<String> kid) {
    /**
     * Keys that the token brings or points to, extensions we would have to understand, compression, unencoded payloads
     * and encryption: no access token has a use for these (RFC 8725, sections 3.1, 3.10; RFC 7515, section 4.1).
     */
    private static final Set<String> REFUSED =
            Set.of("crit", "jku", "jwk", "x5u", "x5c", "zip", "b64", "enc", "epk", "apu", "apv", "p2s", "p2c");

    private static final Set<String> TYPES = Set.of("jwt", "at+jwt");

    static TokenHeader check(Map<String, Object> header) {
        for (String name : header.keySet()) {
            if (REFUSED.contains(name)) {
                throw Refusal.invalid();
            }
        }
        String type = text(header, "typ");
        if (type != null && !TYPES.contains(mediaSubtype(type))) {
            throw Refusal.invalid();
        }
        String contentType = text(header, "cty");
        if (contentType != null && mediaSubtype(contentType).endsWith("jwt")) {
            throw Refusal.invalid();
        }
        String kid = text(header, "kid");
        if (kid != null && !TokenKey.isKid(kid)) {
            throw Refusal.invalid();
        }
        String algorithm = text(header, "alg");
        return new TokenHeader(
                Optional.ofNullable(algorithm)
                        .flatMap(SignatureAlgorithm::named)
                        .orElseThrow(Refusal::invalid),
                Optional.ofNullable(kid));
    }

    /** RFC 7515, section 4.1.9: media types, compared without case, whose {@code application/} may be left out. */
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
            throw Refusal.invalid();
        }
        return null;
    }
}
