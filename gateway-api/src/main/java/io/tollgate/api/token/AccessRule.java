package io.tollgate.api.token;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a route asks of those whom {@link BearerAuthenticator} let in: scopes that their token was granted, roles that
 * they have. Immutable and thread-safe.
 */
public final class AccessRule {
    private static final AccessRule ANYONE = new AccessRule(Set.of(), Set.of());

    private final Set<String> scopes;
    private final Set<String> roles;
    private final String challenge;

    private AccessRule(Set<String> scopes, Set<String> roles) {
        this.scopes = scopes;
        this.roles = roles;
        // RFC 6750, section 3: scopes that the resource needs; roles have no place there.
        this.challenge = "Bearer error=\"insufficient_scope\""
                + (scopes.isEmpty() ? "" : ", scope=\"" + String.join(" ", scopes) + "\"");
    }

    /** Whoever has a valid token. */
    public static AccessRule anyone() {
        return ANYONE;
    }

    /**
     * Those whose token has all of these scopes.
     *
     * @param scopes each of the characters of RFC 6749, section 3.3: visible ASCII but quotes and backslashes
     */
    public static AccessRule scopes(Collection<String> scopes) {
        return new AccessRule(copy(scopes), Set.of());
    }

    /** Those who, beside what this asks, have at least one of these roles; all, where there are none. */
    public AccessRule andOneOfRoles(Collection<String> oneOf) {
        return new AccessRule(scopes, Collections.unmodifiableSet(new LinkedHashSet<>(oneOf)));
    }

    /**
     * Why {@code principal} may not pass: {@code INSUFFICIENT_SCOPE} with its {@code WWW-Authenticate} challenge (RFC 6750,
     * section 3.1) among its headers; empty where nothing is amiss.
     */
    public Optional<GatewayException> refusal(Principal principal) {
        requireNonNull(principal, "principal");
        boolean admitted = principal.scopes().containsAll(scopes)
                && (roles.isEmpty() || !Collections.disjoint(roles, principal.roles()));
        return admitted ? Optional.empty() : Optional.of(insufficient());
    }

    private GatewayException insufficient() {
        return GatewayException.builder(
                        ErrorCode.INSUFFICIENT_SCOPE, "The access token does not grant what this request needs.")
                .header("WWW-Authenticate", challenge)
                .build();
    }

    private static Set<String> copy(Collection<String> scopes) {
        Set<String> copy = new LinkedHashSet<>(scopes);
        for (String scope : copy) {
            if (scope.isEmpty() || !scope.chars().allMatch(c -> c > ' ' && c <= '~' && c != '"' && c != '\\')) {
                throw new IllegalArgumentException(
                        "scopes: \"" + scope + "\" (expected: visible ASCII without quotes and backslashes)");
            }
        }
        return Collections.unmodifiableSet(copy);
    }

    @Override
    public String toString() {
        return "AccessRule[scopes=" + scopes + ", oneOfRoles=" + roles + "]";
    }
}
