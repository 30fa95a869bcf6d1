package io.tollgate.api.guard;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.Principal;
import io.tollgate.api.ratelimit.RateLimitContext;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The facts of a request in one phase. */
record PhaseContext(
        GuardedRequest request, Phase phase, @Nullable ErrorCode ended) implements RateLimitContext {
    @Override
    public String method() {
        return request.head().method();
    }

    @Override
    public Optional<String> route() {
        return request.route();
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
        return request.head().header(name);
    }

    @Override
    public Optional<X509Certificate> clientCertificate() {
        return request.head().clientCertificate();
    }

    @Override
    public Optional<ErrorCode> tokenError() {
        return request.tokenError();
    }

    @Override
    public Optional<String> attribute(String name) {
        return request.attribute(name);
    }

    @Override
    public Optional<ErrorCode> error() {
        return Optional.ofNullable(ended);
    }
}
