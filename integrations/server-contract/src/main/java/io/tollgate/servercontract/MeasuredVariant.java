package io.tollgate.servercontract;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * A variant of a server that {@code make bench-embedded} measures. The server is a program of its own, which listens on the
 * loopback address and responds to {@code GET /hello} with {@link #GREETING} as {@code text/plain}.
 *
 * @param guard the guard in front of the handler, with a limit in this process that no run reaches; empty for the bare server
 */
public record MeasuredVariant(int port, Optional<RequestGuard> guard) {
    /** The body of each response. */
    public static final String GREETING = "Hello\n";

    private static final RateLimit UNREACHED = RateLimit.perSecond(1_000_000_000);

    /**
     * Reads the arguments of a program: its port; {@code bare}, {@code limited} or {@code authenticated}; and the secret of the
     * token that each request carries.
     */
    public static MeasuredVariant parse(String[] arguments) {
        if (arguments.length != 3) {
            throw new IllegalArgumentException("arguments: " + arguments.length + " (expected: port, variant, secret)");
        }
        return new MeasuredVariant(Integer.parseInt(arguments[0]), guard(arguments[1], arguments[2]));
    }

    private static Optional<RequestGuard> guard(String variant, String secret) {
        RequestGuard.Builder guard = RequestGuard.builder()
                .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(UNREACHED)));
        return switch (variant) {
            case "bare" -> Optional.empty();
            case "limited" -> Optional.of(guard.build());
            case "authenticated" ->
                Optional.of(guard.tokens(JwtVerifier.builder().secret(secret).build())
                        .build());
            default ->
                throw new IllegalArgumentException(
                        "variant: " + variant + " (expected: bare, limited or authenticated)");
        };
    }

    /** Returns the address to listen on. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
