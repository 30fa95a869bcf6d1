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
 * The user of a request, as a verified token describes them.
 *
 * @param userId the user's id, never blank
 * @param scopes the scopes of the token (RFC 8693, claim {@code scope}); unmodifiable, in the order of the token
 * @param roles the roles of the user (claim {@code roles}); unmodifiable, in the order of the token
 * @param claims the token's further claims, such as {@code username} or a plan that selects a rate limit; unmodifiable.
 *     Values are those of JSON: strings, numbers, booleans, lists, maps
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

    /** Returns a user without scopes, roles and further claims. */
    public static Principal of(String userId) {
        return new Principal(userId, Set.of(), Set.of(), Map.of());
    }

    /**
     * Returns a claim as text: a string as it is, a number or a boolean spelled out; empty for other values, and if
     * there is no such claim.
     */
    public Optional<String> claim(String name) {
        Object value = claims.get(requireNonNull(name, "name"));
        return value instanceof String || value instanceof Number || value instanceof Boolean
                ? Optional.of(Objects.toString(value))
                : Optional.empty();
    }

    /** Returns the user, the scopes and the roles; omits the claims, which may be private. */
    @Override
    public String toString() {
        return "Principal[userId=" + userId + ", scopes=" + scopes + ", roles=" + roles + "]";
    }
}
