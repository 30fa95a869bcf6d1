package io.tollgate.ratelimit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.Principal;
import io.tollgate.api.ratelimit.RateLimitContext;
import java.util.Locale;
import java.util.Optional;

/**
 * Selects the bucket key of a request. A lambda can be a selector. The ready-made selectors add a prefix, so that a user cannot be
 * mistaken for an address:
 *
 * <pre>{@code
 * KeySelector perTenant = KeySelector.header("X-Tenant").and(KeySelector.route());
 * KeySelector perPlan = context -> context.principal().flatMap(user -> user.claim("plan")).map(plan -> "plan:" + plan);
 * }</pre>
 *
 * <p>Called by many threads at once; must not block.
 */
@FunctionalInterface
public interface KeySelector {
    /**
     * Returns the bucket key, which must not be an empty string; empty if the policy does not apply to this request.
     */
    Optional<String> key(RateLimitContext context);

    /** Returns a selector of {@code user:<id>}; empty if the request has no valid token, or its route reads none. */
    static KeySelector user() {
        return context -> context.principal().map(user -> "user:" + user.userId());
    }

    /**
     * Returns a selector of {@code ip:<address>}, or of IPv6 the /64 prefix, as in {@code ip:2001:db8:1:2::/64}. IPv4-mapped
     * IPv6 is IPv4.
     */
    static KeySelector address() {
        return context -> Optional.of(context.addressKey());
    }

    /** Returns a selector of the user, otherwise the address, which the default policy uses. */
    static KeySelector userOrAddress() {
        // Not user().or(address()), since this is the hot path of the default policy.
        return context -> {
            Principal user = context.principal().orElse(null);
            return Optional.of(user == null ? context.addressKey() : "user:" + user.userId());
        };
    }

    /**
     * Returns a selector of {@code certificate:<subject>} of the client's certificate, in the form of RFC 2253, such as {@code
     * certificate:CN=billing,O=Example}; empty if the client has none.
     */
    static KeySelector certificate() {
        return context -> context.clientCertificate()
                .map(client -> "certificate:" + client.getSubjectX500Principal().getName());
    }

    /** Returns a selector of {@code header:<name>:<value>}, the name in lower case; empty if the header is missing or empty. */
    static KeySelector header(String name) {
        String prefix = "header:" + requireNonNull(name, "name").toLowerCase(Locale.ROOT) + ":";
        return context -> context.header(name).filter(value -> !value.isEmpty()).map(prefix::concat);
    }

    /** Returns a selector of {@code claim:<name>:<value>} of the user's token; empty if it has no such simple claim. */
    static KeySelector claim(String name) {
        String prefix = "claim:" + requireNonNull(name, "name") + ":";
        return context -> context.principal().flatMap(user -> user.claim(name)).map(prefix::concat);
    }

    /**
     * Returns a selector of {@code attribute:<name>:<value>}, a value from the body in lower case, such as {@code
     * account}; empty if there is none. Attributes are known from {@link RateLimitContext.Phase#BODY} on.
     */
    static KeySelector attribute(String name) {
        String prefix = "attribute:" + requireNonNull(name, "name") + ":";
        return context -> context.attribute(name)
                .filter(value -> !value.isEmpty())
                .map(value -> prefix + value.toLowerCase(Locale.ROOT));
    }

    /** Returns a selector of {@code route:<method> <template>}; requests that match no route share {@code route:none}. */
    static KeySelector route() {
        return context -> Optional.of(context.route()
                .map(route -> "route:" + context.method() + " " + route)
                .orElse("route:none"));
    }

    /** Returns a selector of {@code global}: one bucket for all requests. */
    static KeySelector global() {
        Optional<String> all = Optional.of("global");
        return context -> all;
    }

    /** Returns a selector of both keys, joined by {@code |}; empty if one of them is. */
    default KeySelector and(KeySelector other) {
        requireNonNull(other, "other");
        // The separator is escaped in the parts, so that a header's value cannot look like a header and a user.
        return context ->
                key(context).flatMap(first -> other.key(context).map(second -> escaped(first) + "|" + escaped(second)));
    }

    /** Returns a selector of this key, otherwise the other. */
    default KeySelector or(KeySelector other) {
        requireNonNull(other, "other");
        return context -> {
            Optional<String> first = key(context);
            return first.isPresent() ? first : other.key(context);
        };
    }

    private static String escaped(String part) {
        return part.indexOf('|') < 0 && part.indexOf('\\') < 0
                ? part
                : part.replace("\\", "\\\\").replace("|", "\\|");
    }
}
