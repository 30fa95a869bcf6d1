package io.tollgate.ratelimit;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.Principal;
import io.tollgate.api.ratelimit.RateLimitContext;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request, as a test describes it. */
public final class TestRequest implements RateLimitContext {
    private String method = "GET";
    private @Nullable String route;
    private InetAddress address = ip("192.0.2.1");
    private @Nullable Principal principal;
    private final Map<String, String> headers = new HashMap<>();
    private final Map<String, String> attributes = new HashMap<>();
    private Phase phase = Phase.REQUEST;
    private @Nullable ErrorCode error;

    static InetAddress ip(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    public TestRequest route(String httpMethod, String template) {
        this.method = httpMethod;
        this.route = template;
        return this;
    }

    public TestRequest from(String literal) {
        this.address = ip(literal);
        return this;
    }

    public TestRequest from(InetAddress client) {
        this.address = client;
        return this;
    }

    public TestRequest as(Principal user) {
        this.principal = user;
        return this;
    }

    public TestRequest with(String header, String value) {
        headers.put(header.toLowerCase(Locale.ROOT), value);
        return this;
    }

    public TestRequest body(String attribute, String value) {
        attributes.put(attribute, value);
        this.phase = Phase.BODY;
        return this;
    }

    public TestRequest ended(@Nullable ErrorCode how) {
        this.phase = Phase.OUTCOME;
        this.error = how;
        return this;
    }

    public TestRequest in(Phase when, @Nullable ErrorCode how) {
        this.phase = when;
        this.error = how;
        return this;
    }

    public TestRequest withoutBody() {
        attributes.clear();
        return this;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public Optional<String> route() {
        return Optional.ofNullable(route);
    }

    @Override
    public InetAddress clientAddress() {
        return address;
    }

    @Override
    public Optional<Principal> principal() {
        return Optional.ofNullable(principal);
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    @Override
    public Phase phase() {
        return phase;
    }

    @Override
    public Optional<String> attribute(String name) {
        return Optional.ofNullable(attributes.get(name));
    }

    @Override
    public Optional<ErrorCode> error() {
        return Optional.ofNullable(error);
    }
}
