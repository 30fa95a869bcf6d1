package io.tollgate.runner.config;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.http.AddressRange;
import io.tollgate.api.ratelimit.OnOutage;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimitContext.Phase;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One of {@code rate_limit.policies}.
 *
 * @param name {@code [a-z0-9_-]{1,64}}
 * @param key whose bucket is charged: one part, or several that make a key together
 * @param limit what a key may do
 * @param cost tokens that a request costs
 * @param routes templates of the routes it applies to; empty for all
 * @param methods upper-case, that it applies to; empty for all
 * @param phase when it is asked
 * @param chargeOn the errors that are charged, when the answer is known; empty to charge every request when it is asked
 * @param tiers limits that a claim chooses
 * @param exempt whom it does not apply to
 * @param shadow whether it decides and counts and never refuses
 * @param onOutage what becomes of its checks while Redis cannot be asked; {@code rate_limit.on_outage} where it does not say
 */
public record PolicyConfig(
        String name,
        List<Key> key,
        RateLimit limit,
        long cost,
        List<String> routes,
        List<String> methods,
        Phase phase,
        Set<ErrorCode> chargeOn,
        Optional<Tiers> tiers,
        Exempt exempt,
        boolean shadow,
        Optional<OnOutage> onOutage) {
    /** The routes that a policy can name, which are those of the gateway. */
    public static final List<String> ROUTES = List.of(
            "/api/v1/tickets/{event_id}/purchase",
            "/api/v1/orders/{event_id}/purchase",
            "/api/v1/users/register",
            "/api/v1/users/login",
            "/api/v1/users/refresh",
            "/api/v1/users/logout",
            "/health",
            "/.well-known/jwks.json");

    public PolicyConfig {
        key = List.copyOf(key);
        routes = List.copyOf(routes);
        methods = List.copyOf(methods);
        chargeOn = Set.copyOf(chargeOn);
    }

    /** What a bucket goes by. */
    public enum KeyKind {
        USER,
        USER_OR_ADDRESS,
        ADDRESS,
        ROUTE,
        GLOBAL,
        /** The email that a login or registration names. */
        ACCOUNT,
        HEADER,
        CLAIM;

        /** Whether it needs the name of a header or of a claim. */
        boolean isNamed() {
            return this == HEADER || this == CLAIM;
        }
    }

    /**
     * A part of a key.
     *
     * @param name of the header or the claim; empty for all other kinds
     */
    public record Key(KeyKind kind, Optional<String> name) {}

    /**
     * Limits that a claim of the user's token chooses.
     *
     * @param limits by the claim's value; whoever has none of them keeps the policy's own limit
     */
    public record Tiers(String claim, Map<String, RateLimit> limits) {
        public Tiers {
            requireNonNull(claim, "claim");
            limits = Map.copyOf(limits);
        }
    }

    /**
     * Whom a policy does not apply to: who is in any of these.
     *
     * @param addresses addresses and networks
     * @param users ids
     * @param claims values by the name of the claim
     */
    public record Exempt(
            List<AddressRange> addresses, List<String> users, List<String> roles, Map<String, List<String>> claims) {
        /** Nobody. */
        public static final Exempt NOBODY = new Exempt(List.of(), List.of(), List.of(), Map.of());

        public Exempt {
            addresses = List.copyOf(addresses);
            users = List.copyOf(users);
            roles = List.copyOf(roles);
            claims = Map.copyOf(claims);
        }
    }
}
