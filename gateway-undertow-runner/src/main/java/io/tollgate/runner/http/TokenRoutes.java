package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.token.AccessRule;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The parts of the route table that tokens need.
 *
 * @param publicKeys the gateway's public keys as a JWK set, in JSON
 * @param logout where the gateway issues tokens
 * @param rules what a route asks of tokens, by its template; others take any valid one
 */
public record TokenRoutes(
        Supplier<CompletionStage<String>> publicKeys, Optional<Logout> logout, Map<String, AccessRule> rules) {
    public TokenRoutes {
        requireNonNull(publicKeys, "publicKeys");
        requireNonNull(logout, "logout");
        rules = Map.copyOf(rules);
    }

    AccessRule rule(String template) {
        return rules.getOrDefault(template, AccessRule.token());
    }
}
