package io.tollgate.api.token;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The requirements of a route: no token, a token if one is sent, or a token with scopes and roles. Immutable and
 * thread-safe.
 *
 * <pre>{@code
 * AccessRule rule = AccessRule.scopes(List.of("tickets:buy")).andOneOfRoles(List.of("customer", "staff"));
 * }</pre>
 */
public final class AccessRule {
    private static final AccessRule OPEN = new AccessRule(Demand.NONE, Set.of(), Set.of());
    private static final AccessRule OPTIONAL = new AccessRule(Demand.OPTIONAL, Set.of(), Set.of());
    private static final AccessRule TOKEN = new AccessRule(Demand.REQUIRED, Set.of(), Set.of());

    private final Demand demand;
    private final Set<String> scopes;
    private final Set<String> roles;
    private final String challenge;

    private enum Demand {
        NONE,
        OPTIONAL,
        REQUIRED
    }

    private AccessRule(Demand demand, Set<String> scopes, Set<String> roles) {
        this.demand = demand;
        this.scopes = scopes;
        this.roles = roles;
        // RFC 6750, section 3: scopes that the resource needs; roles have no place there.
        this.challenge = "Bearer error=\"insufficient_scope\""
                + (scopes.isEmpty() ? "" : ", scope=\"" + String.join(" ", scopes) + "\"");
    }

    /**
     * Returns the rule of a route without tokens: {@code Authorization} is ignored, and no request is authenticated.
     */
    public static AccessRule open() {
        return OPEN;
    }

    /** Returns the rule of a route where a request without a token is anonymous, and a token that is sent must be valid. */
    public static AccessRule optionalToken() {
        return OPTIONAL;
    }

    /** Returns the rule of a route that accepts every valid token. */
    public static AccessRule token() {
        return TOKEN;
    }

    /**
     * Returns the rule of a route that needs a token with all of these scopes.
     *
     * @param scopes each of the characters of RFC 6749, section 3.3: visible ASCII but quotes and backslashes
     */
    public static AccessRule scopes(Collection<String> scopes) {
        return new AccessRule(Demand.REQUIRED, copy(scopes), Set.of());
    }

    /**
     * Returns this rule with the further requirement of a token with at least one of these roles; this rule if there
     * are none.
     */
    public AccessRule andOneOfRoles(Collection<String> oneOf) {
        return oneOf.isEmpty()
                ? this
                : new AccessRule(Demand.REQUIRED, scopes, Collections.unmodifiableSet(new LinkedHashSet<>(oneOf)));
    }

    /** Returns whether the token of a request is verified. */
    public boolean readsToken() {
        return demand != Demand.NONE;
    }

    /** Returns whether a request without a token is rejected. */
    public boolean requiresToken() {
        return demand == Demand.REQUIRED;
    }

    /**
     * Returns the error for a principal that does not meet the rule: {@code INSUFFICIENT_SCOPE} with its {@code
     * WWW-Authenticate} challenge (RFC 6750, section 3.1) among its headers; empty if the principal meets it.
     */
    public Optional<GatewayException> rejection(Principal principal) {
        requireNonNull(principal, "principal");
        boolean admitted = (scopes.isEmpty() || principal.scopes().containsAll(scopes))
                && (roles.isEmpty() || !Collections.disjoint(roles, principal.roles()));
        return admitted ? Optional.empty() : Optional.of(insufficient());
    }

    private GatewayException insufficient() {
        return GatewayException.builder(
                        CommonError.INSUFFICIENT_SCOPE, "The access token does not grant what this request needs.")
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
        return "AccessRule[token=" + demand + ", scopes=" + scopes + ", oneOfRoles=" + roles + "]";
    }
}
