package io.tollgate.testkit;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.Principal;
import io.tollgate.api.ratelimit.RateLimitContext;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The facts of a request that a {@link io.tollgate.api.ratelimit.RateLimitPolicy} is tested with:
 *
 * <pre>{@code
 * List<RateLimitCheck> checks = policy.checks(TestRateLimitContext.of("POST", "/orders")
 *         .withPrincipal(Principal.of("ann"))
 *         .withHeader("X-Tenant", "acme"));
 * }</pre>
 *
 * <p>It is in the phase {@code REQUEST} and comes from 192.0.2.1, without a user and without headers, until a method returns a
 * copy that differs. Immutable and thread-safe.
 */
public final class TestRateLimitContext implements RateLimitContext {
    private final String method;
    private final Optional<String> route;
    private InetAddress clientAddress = Addresses.CLIENT;
    private @Nullable Principal principal;
    private @Nullable X509Certificate certificate;
    private Headers headers = Headers.NONE;
    private Map<String, String> attributes = Map.of();
    private Phase phase = Phase.REQUEST;
    private @Nullable ErrorCode tokenError;
    private @Nullable ErrorCode error;

    private TestRateLimitContext(String method, Optional<String> route) {
        this.method = requireNonNull(method, "method");
        this.route = route;
    }

    private TestRateLimitContext(TestRateLimitContext other) {
        this.method = other.method;
        this.route = other.route;
        this.clientAddress = other.clientAddress;
        this.principal = other.principal;
        this.certificate = other.certificate;
        this.headers = other.headers;
        this.attributes = other.attributes;
        this.phase = other.phase;
        this.tokenError = other.tokenError;
        this.error = other.error;
    }

    /**
     * Returns the facts of a request that has a route.
     *
     * @param route the template of the route, such as {@code /tickets/{id}}
     */
    public static TestRateLimitContext of(String method, String route) {
        return new TestRateLimitContext(method, Optional.of(route));
    }

    /** Returns the facts of a request that matched no route. */
    public static TestRateLimitContext withoutRoute(String method) {
        return new TestRateLimitContext(method, Optional.empty());
    }

    /** Returns the facts with another address of the client, an IP address. */
    public TestRateLimitContext withClientAddress(String address) {
        return withClientAddress(Addresses.parse(address));
    }

    /** Returns the facts with another address of the client. */
    public TestRateLimitContext withClientAddress(InetAddress address) {
        TestRateLimitContext copy = new TestRateLimitContext(this);
        copy.clientAddress = requireNonNull(address, "address");
        return copy;
    }

    /** Returns the facts with the user of a valid token. */
    public TestRateLimitContext withPrincipal(Principal user) {
        TestRateLimitContext copy = new TestRateLimitContext(this);
        copy.principal = requireNonNull(user, "user");
        return copy;
    }

    /** Returns the facts with a certificate of the client, such as one that a {@link TestAuthority} issued. */
    public TestRateLimitContext withClientCertificate(X509Certificate presented) {
        TestRateLimitContext copy = new TestRateLimitContext(this);
        copy.certificate = requireNonNull(presented, "presented");
        return copy;
    }

    /** Returns the facts with another header line. */
    public TestRateLimitContext withHeader(String name, String value) {
        TestRateLimitContext copy = new TestRateLimitContext(this);
        copy.headers = headers.and(name, value);
        return copy;
    }

    /** Returns the facts with the error of a token that was not accepted. */
    public TestRateLimitContext withTokenError(ErrorCode code) {
        TestRateLimitContext copy = new TestRateLimitContext(this);
        copy.tokenError = requireNonNull(code, "code");
        return copy;
    }

    /** Returns the facts with a value from the body, in the phase {@code BODY} unless the request has ended. */
    public TestRateLimitContext withAttribute(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(attributes);
        more.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
        TestRateLimitContext copy = new TestRateLimitContext(this);
        copy.attributes = Map.copyOf(more);
        copy.phase = phase == Phase.REQUEST ? Phase.BODY : phase;
        return copy;
    }

    /** Returns the facts without values from the body, as of a request whose body was not read. */
    public TestRateLimitContext withoutAttributes() {
        TestRateLimitContext copy = new TestRateLimitContext(this);
        copy.attributes = Map.of();
        return copy;
    }

    /** Returns the facts in the phase {@code OUTCOME} of a request that succeeded. */
    public TestRateLimitContext succeeded() {
        TestRateLimitContext copy = in(Phase.OUTCOME);
        copy.error = null;
        return copy;
    }

    /** Returns the facts in the phase {@code OUTCOME} of a request that ended with an error. */
    public TestRateLimitContext failed(ErrorCode code) {
        TestRateLimitContext copy = in(Phase.OUTCOME);
        copy.error = requireNonNull(code, "code");
        return copy;
    }

    /** Returns the facts in another phase. */
    public TestRateLimitContext in(Phase other) {
        TestRateLimitContext copy = new TestRateLimitContext(this);
        copy.phase = requireNonNull(other, "other");
        return copy;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public Optional<String> route() {
        return route;
    }

    @Override
    public InetAddress clientAddress() {
        return clientAddress;
    }

    @Override
    public Optional<Principal> principal() {
        return Optional.ofNullable(principal);
    }

    @Override
    public Optional<X509Certificate> clientCertificate() {
        return Optional.ofNullable(certificate);
    }

    @Override
    public Optional<String> header(String name) {
        return headers.all(name).stream().findFirst();
    }

    @Override
    public Phase phase() {
        return phase;
    }

    @Override
    public Optional<ErrorCode> tokenError() {
        return Optional.ofNullable(tokenError);
    }

    @Override
    public Optional<String> attribute(String name) {
        return Optional.ofNullable(attributes.get(name));
    }

    @Override
    public Optional<ErrorCode> error() {
        return Optional.ofNullable(error);
    }

    /** Returns the method, the route and the phase; headers and attributes may contain secrets. */
    @Override
    public String toString() {
        return "TestRateLimitContext[" + method + " " + route.orElse("without a route") + ", " + phase + "]";
    }
}
