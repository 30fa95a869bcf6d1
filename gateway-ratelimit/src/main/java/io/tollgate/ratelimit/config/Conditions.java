package io.tollgate.ratelimit.config;

import io.tollgate.api.http.AddressRange;
import io.tollgate.api.ratelimit.RateLimitContext;
import io.tollgate.ratelimit.Matchers;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import javax.security.auth.x500.X500Principal;

/** Reads the fields that select the requests of a policy: {@code routes}, {@code methods} and {@code exempt}. */
final class Conditions {
    private static final Scalar<String> METHOD = Scalar.matching("an HTTP method in capitals", "[A-Z]{1,32}");
    private static final Scalar<String> ROUTE =
            Scalar.matching("the template of a route, such as /tickets/{id}", "/[^\\p{Cntrl} ]{0,255}");
    private static final Scalar<String> SUBJECT = new Scalar<>(
            "subjects of client certificates, such as CN=billing,O=Example", text -> new X500Principal(text).getName());
    private static final Scalar<String> TEXT = Scalar.text(256);

    private Conditions() {}

    /** Returns the condition on requests; notes a problem for each wrong field. */
    static Predicate<RateLimitContext> read(Place s, Optional<Set<String>> knownRoutes) {
        List<String> routes = s.list(
                "routes",
                "routes",
                place -> knownRoutes.isPresent() ? place.oneOf(knownRoutes.get(), "a route") : place.as(ROUTE));
        List<String> methods = s.list("methods", METHOD.expected(), METHOD);
        Predicate<RateLimitContext> applies = context -> true;
        if (!routes.isEmpty()) {
            applies = applies.and(Matchers.route(routes.toArray(String[]::new)));
        }
        if (!methods.isEmpty()) {
            applies = applies.and(Matchers.method(methods.toArray(String[]::new)));
        }
        return s.take("exempt")
                .map(Conditions::exempt)
                .map(Predicate::negate)
                .map(applies::and)
                .orElse(applies);
    }

    private static Predicate<RateLimitContext> exempt(Place s) {
        Predicate<RateLimitContext> exempt = context -> false;
        List<String> addresses = s.list("addresses", "addresses and networks", Scalar.addressRange()).stream()
                .map(AddressRange::toString)
                .toList();
        List<String> users = s.list("users", "ids of users", TEXT);
        List<String> roles = s.list("roles", "roles", TEXT);
        if (!addresses.isEmpty()) {
            exempt = exempt.or(Matchers.addressIn(addresses.toArray(String[]::new)));
        }
        if (!users.isEmpty()) {
            exempt = exempt.or(Matchers.user(users.toArray(String[]::new)));
        }
        for (String role : roles) {
            exempt = exempt.or(Matchers.role(role));
        }
        List<String> certificates = s.list("certificates", SUBJECT.expected(), SUBJECT);
        if (!certificates.isEmpty()) {
            exempt = exempt.or(Matchers.certificate(certificates.toArray(String[]::new)));
        }
        Optional<Place> claims = s.take("claims");
        if (claims.isPresent()) {
            for (String claim : claims.get().entries("values of each claim").keySet()) {
                for (String value : claims.get().list(claim, TEXT.expected(), TEXT)) {
                    exempt = exempt.or(Matchers.claim(claim, value));
                }
            }
        }
        s.noOtherFields();
        return exempt;
    }
}
