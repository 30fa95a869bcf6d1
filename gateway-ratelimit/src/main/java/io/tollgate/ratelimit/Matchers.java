package io.tollgate.ratelimit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.http.AddressRange;
import io.tollgate.api.ratelimit.RateLimitContext;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;

/** Ready-made conditions on a request, for {@link Policies.Builder#when} and {@link Policies.Builder#exempt}. */
public final class Matchers {
    private Matchers() {}

    /** Matches requests whose route is one of these templates, such as {@code /api/v1/users/login}. */
    public static Predicate<RateLimitContext> route(String... templates) {
        Set<String> wanted = Set.of(templates);
        return context -> context.route().map(wanted::contains).orElse(false);
    }

    /** Matches requests with one of these methods, upper-case. */
    public static Predicate<RateLimitContext> method(String... methods) {
        Set<String> wanted = Set.of(methods);
        return context -> wanted.contains(context.method());
    }

    /**
     * Matches requests of clients in one of these ranges: addresses, or prefixes such as {@code 10.0.0.0/8} and
     * {@code 2001:db8::/32}.
     *
     * @throws IllegalArgumentException for anything else, host names included
     */
    public static Predicate<RateLimitContext> addressIn(String... ranges) {
        List<AddressRange> wanted = Stream.of(ranges).map(AddressRange::parse).toList();
        return context -> {
            InetAddress address = context.clientAddress();
            for (AddressRange range : wanted) {
                if (range.contains(address)) {
                    return true;
                }
            }
            return false;
        };
    }

    /** Matches requests of one of these users. */
    public static Predicate<RateLimitContext> user(String... ids) {
        Set<String> wanted = Set.of(ids);
        return context ->
                context.principal().map(user -> wanted.contains(user.userId())).orElse(false);
    }

    /**
     * Matches requests of clients whose certificate has one of these subjects, such as {@code CN=billing,O=Example}.
     *
     * @param subjects distinguished names (RFC 2253), which are compared as such: case and spaces do not matter
     * @throws IllegalArgumentException for anything else
     */
    public static Predicate<RateLimitContext> certificate(String... subjects) {
        Set<X500Principal> wanted = Stream.of(subjects).map(X500Principal::new).collect(Collectors.toUnmodifiableSet());
        return context -> context.clientCertificate()
                .map(client -> wanted.contains(client.getSubjectX500Principal()))
                .orElse(false);
    }

    /** Matches requests of users with this role. */
    public static Predicate<RateLimitContext> role(String role) {
        requireNonNull(role, "role");
        return context ->
                context.principal().map(user -> user.roles().contains(role)).orElse(false);
    }

    /** Matches requests of users whose token has this simple claim with this value, as text. */
    public static Predicate<RateLimitContext> claim(String name, String value) {
        requireNonNull(value, "value");
        return context -> context.principal()
                .flatMap(user -> user.claim(name))
                .map(value::equals)
                .orElse(false);
    }
}
