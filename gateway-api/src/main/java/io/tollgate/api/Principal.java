package io.tollgate.api;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Who is asking, as a verified token says.
 *
 * @param userId the user's id, never blank
 * @param scopes what the token was granted for (RFC 8693, claim {@code scope}); unmodifiable, in the order of the token
 * @param roles what the user is (claim {@code roles}); unmodifiable, in the order of the token
 * @param claims the token's further claims, such as {@code username} or a plan that chooses a rate limit; unmodifiable.
 *     Values are what JSON has: strings, numbers, booleans, lists, maps
 */
public record Principal(String userId, Set<String> scopes, Set<String> roles, Map<String, Object> claims) {
    public Principal {
        requireNonNull(userId, "userId");
        if (userId.isBlank()) {
            throw new IllegalArgumentException("userId: \"" + userId + "\" (expected: not blank)");
        }
        scopes = Collections.unmodifiableSet(new LinkedHashSet<>(requireNonNull(scopes, "scopes")));
        roles = Collections.unmodifiableSet(new LinkedHashSet<>(requireNonNull(roles, "roles")));
        claims = Collections.unmodifiableMap(new LinkedHashMap<>(requireNonNull(claims, "claims")));
    }

    /** A user of whom nothing else is known. */
    public static Principal of(String userId) {
        return new Principal(userId, Set.of(), Set.of(), Map.of());
    }

    /** The claim of that name as a string: as it is, or a number or boolean spelled out; empty for anything else. */
    public Optional<String> claim(String name) {
        Object value = claims.get(requireNonNull(name, "name"));
        return value instanceof String || value instanceof Number || value instanceof Boolean
                ? Optional.of(Objects.toString(value))
                : Optional.empty();
    }

    /** Names the user and what the user may do; leaves the claims out, which may be private. */
    @Override
    public String toString() {
        return "Principal[userId=" + userId + ", scopes=" + scopes + ", roles=" + roles + "]";
    }
}
