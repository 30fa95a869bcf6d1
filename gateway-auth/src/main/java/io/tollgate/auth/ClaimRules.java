package io.tollgate.auth;

import io.tollgate.api.Principal;
import io.tollgate.api.token.AccessToken;
import io.tollgate.auth.keys.SignatureAlgorithm;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks the claims of an access token (RFC 7519, section 4.1), and reads the principal from them. */
record ClaimRules(Optional<String> issuer, Optional<String> audience, Duration clockSkew, boolean acceptLegacyClaims) {
    /** Names of claims with a meaning of their own, which are not part of {@link Principal#claims()}. */
    static final Set<String> RESERVED = Set.of(
            "iss", "aud", "sub", "user_id", "exp", "nbf", "iat", "jti", "scope", "roles", "token_type", "type", "use");

    /** 9999-12-31T23:59:59Z, the last second that RFC 3339 can write. */
    private static final long LAST_SECOND = 253_402_300_799L;

    /** Names of claims by which issuers tell their kinds of tokens apart. */
    private static final List<String> USES = List.of("token_type", "type", "use");

    AccessToken check(Map<String, Object> claims, SignatureAlgorithm signedWith, Instant now) {
        boolean legacy = acceptLegacyClaims && signedWith == SignatureAlgorithm.HS256 && LegacyClaims.areIn(claims);
        return check(legacy ? LegacyClaims.translate(claims) : claims, now);
    }

    private AccessToken check(Map<String, Object> claims, Instant now) {
        Instant expiresAt = time(claims, "exp").orElseThrow(Rejection::invalid);
        requireNotAhead(time(claims, "nbf"), now);
        requireNotAhead(time(claims, "iat"), now);
        if (saysRefresh(claims)
                || (issuer.isPresent() && !issuer.get().equals(claims.get("iss")))
                || (audience.isPresent() && !strings(claims.get("aud")).contains(audience.get()))) {
            throw Rejection.invalid();
        }
        AccessToken token = new AccessToken(principal(claims), text(claims, "jti"), expiresAt);
        if (!isLive(expiresAt, now)) {
            throw Rejection.expired();
        }
        return token;
    }

    boolean isLive(Instant expiresAt, Instant now) {
        return now.isBefore(expiresAt.plus(clockSkew));
    }

    static boolean saysRefresh(Map<String, Object> claims) {
        for (String use : USES) {
            if (Objects.toString(claims.get(use)).toLowerCase(Locale.ROOT).contains("refresh")) {
                return true;
            }
        }
        return false;
    }

    private void requireNotAhead(Optional<Instant> time, Instant now) {
        if (time.isPresent() && time.get().isAfter(now.plus(clockSkew))) {
            throw Rejection.invalid();
        }
    }

    private static Principal principal(Map<String, Object> claims) {
        String userId = text(claims, "user_id").or(() -> text(claims, "sub")).orElseThrow(Rejection::invalid);
        if (userId.isBlank() || userId.chars().anyMatch(Character::isISOControl)) {
            throw Rejection.invalid();
        }
        Map<String, Object> others = new LinkedHashMap<>(claims);
        others.keySet().removeAll(RESERVED);
        others.values().removeIf(Objects::isNull);
        return new Principal(userId, strings(claims.get("scope")), strings(claims.get("roles")), others);
    }

    /** Reads a NumericDate (RFC 7519, section 2), which must be an integer here. */
    private static Optional<Instant> time(Map<String, Object> claims, String name) {
        if (!claims.containsKey(name)) {
            return Optional.empty();
        }
        if (claims.get(name) instanceof Long seconds && seconds >= 0 && seconds <= LAST_SECOND) {
            return Optional.of(Instant.ofEpochSecond(seconds));
        }
        throw Rejection.invalid();
    }

    private static Optional<String> text(Map<String, Object> claims, String name) {
        if (!claims.containsKey(name)) {
            return Optional.empty();
        }
        if (claims.get(name) instanceof String text) {
            return Optional.of(text);
        }
        throw Rejection.invalid();
    }

    /** Reads a string of words (RFC 8693, section 4.2) or an array of strings. */
    private static Set<String> strings(@Nullable Object value) {
        Set<String> strings = new LinkedHashSet<>();
        if (value instanceof String words) {
            for (String word : words.split(" ", -1)) {
                if (!word.isEmpty()) {
                    strings.add(word);
                }
            }
        } else if (value instanceof Collection<?> list) {
            for (Object one : list) {
                if (!(one instanceof String text)) {
                    throw Rejection.invalid();
                }
                strings.add(text);
            }
        } else if (value != null) {
            throw Rejection.invalid();
        }
        return strings;
    }
}
