package io.tollgate.examples.servlet;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.auth.JwtVerifier;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import io.tollgate.servlet.GuardFilter;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.List;

/** Limits and authenticates all requests of an application. With {@code @WebListener}, any container finds it in a WAR. */
public final class GuardedApplication implements ServletContextListener {
    private final String secret;
    private final RateLimit limit;

    /**
     * Creates the listener of an application.
     *
     * @param secret the secret that access tokens are signed with
     * @param limit of each user
     */
    public GuardedApplication(String secret, RateLimit limit) {
        this.secret = secret;
        this.limit = limit;
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        // limit and authenticate: from here
        RequestGuard guard = RequestGuard.builder()
                .tokens(JwtVerifier.builder().secret(secret).build())
                .limiter(LocalRateLimiter.builder().build(), List.of(Policies.standard(limit)))
                .build();
        GuardFilter.of(guard).register(event.getServletContext(), "/*");
        // to here
    }
}
