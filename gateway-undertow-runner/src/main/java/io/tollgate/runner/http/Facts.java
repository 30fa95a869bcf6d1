package io.tollgate.runner.http;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.Principal;
import io.tollgate.api.ratelimit.RateLimitContext;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;

/** What policies may know of a request. */
record Facts(Request request, Phase phase, Map<String, String> attributes) implements RateLimitContext {
    @Override
    public String method() {
        return request.method();
    }

    @Override
    public Optional<String> route() {
        return request.match().template();
    }

    @Override
    public InetAddress clientAddress() {
        return request.clientAddress();
    }

    @Override
    public Optional<Principal> principal() {
        return request.principal();
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.firstHeader(name));
    }

    @Override
    public Optional<String> attribute(String name) {
        return Optional.ofNullable(attributes.get(name));
    }

    @Override
    public Optional<ErrorCode> error() {
        return phase == Phase.OUTCOME ? Optional.ofNullable(request.error()) : Optional.empty();
    }
}
