package io.tollgate.ratelimit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.ratelimit.RateLimitContext;
import java.util.Locale;
import java.util.Optional;

/**
 * Chooses whose bucket a request is charged to. A lambda is one; the ready-made ones put a prefix before what they find,
 * so that no user can be mistaken for an address:
 *
 * <pre>{@code
 * KeySelector perTenant = KeySelector.header("X-Tenant").and(KeySelector.route());
 * KeySelector perPlan = facts -> facts.principal().flatMap(user -> user.claim("plan")).map(plan -> "plan:" + plan);
 * }</pre>
 *
 * <p>Called by many threads at once; must not block.
 */
@FunctionalInterface
public interface KeySelector {
    /** The key, not empty; or nothing when the policy does not apply to this request. */
    Optional<String> key(RateLimitContext facts);

    /** {@code user:<id>}; nothing where the request carries no valid token, or its route asks for none. */
    static KeySelector user() {
        return facts -> facts.principal().map(user -> "user:" + user.userId());
    }

    /** {@code ip:<address>}; of IPv6 the /64 prefix, as in {@code ip:2001:db8:1:2::/64}. IPv4-mapped IPv6 is IPv4. */
    static KeySelector address() {
        return facts -> Optional.of(facts.addressKey());
    }

    /** The user, otherwise the address: what the contract's default policy goes by. */
    static KeySelector userOrAddress() {
        return user().or(address());
    }

    /** {@code header:<name>:<value>}, the name in lower case; nothing where the header is missing or empty. */
    static KeySelector header(String name) {
        String prefix = "header:" + requireNonNull(name, "name").toLowerCase(Locale.ROOT) + ":";
        return facts -> facts.header(name).filter(value -> !value.isEmpty()).map(prefix::concat);
    }

    /** {@code claim:<name>:<value>} of the user's token; nothing where there is no such simple claim. */
    static KeySelector claim(String name) {
        String prefix = "claim:" + requireNonNull(name, "name") + ":";
        return facts -> facts.principal().flatMap(user -> user.claim(name)).map(prefix::concat);
    }

    /**
     * {@code attribute:<name>:<value>} of the request's body, in lower case, such as {@code account}; nothing where there
     * is none. Attributes are there from {@link RateLimitContext.Phase#BODY} on.
     */
    static KeySelector attribute(String name) {
        String prefix = "attribute:" + requireNonNull(name, "name") + ":";
        return facts -> facts.attribute(name)
                .filter(value -> !value.isEmpty())
                .map(value -> prefix + value.toLowerCase(Locale.ROOT));
    }

    /** {@code route:<method> <template>}; all requests that match no route share {@code route:none}. */
    static KeySelector route() {
        return facts -> Optional.of(facts.route()
                .map(route -> "route:" + facts.method() + " " + route)
                .orElse("route:none"));
    }

    /** {@code global}: one bucket for all. */
    static KeySelector global() {
        Optional<String> all = Optional.of("global");
        return facts -> all;
    }

    /** Both keys, joined by {@code |}; nothing where one of them is missing. */
    default KeySelector and(KeySelector other) {
        requireNonNull(other, "other");
        // The joint is escaped in the parts: a header cannot pretend to be a header and a user.
        return facts ->
                key(facts).flatMap(first -> other.key(facts).map(second -> escaped(first) + "|" + escaped(second)));
    }

    /** This key, otherwise the other. */
    default KeySelector or(KeySelector other) {
        requireNonNull(other, "other");
        return facts -> {
            Optional<String> first = key(facts);
            return first.isPresent() ? first : other.key(facts);
        };
    }

    private static String escaped(String part) {
        return part.indexOf('|') < 0 && part.indexOf('\\') < 0
                ? part
                : part.replace("\\", "\\\\").replace("|", "\\|");
    }
}
