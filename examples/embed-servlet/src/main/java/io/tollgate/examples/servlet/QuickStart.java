package io.tollgate.examples.servlet;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimit;
import io.tollgate.api.ratelimit.RateLimiter;
import io.tollgate.ratelimit.LocalRateLimiter;
import io.tollgate.ratelimit.Policies;
import io.tollgate.servlet.GuardFilter;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;

/** Greets each address ten times a minute. */
public final class QuickStart {
    private QuickStart() {}

    /** Serves on port 8080. */
    public static void main(String[] args) throws Exception {
        start(8080).join();
    }

    static Server start(int port) throws Exception {
        Server server = new Server(port);
        ServletContextHandler application = new ServletContextHandler("/");
        application.addServlet(HelloServlet.class, "/hello");
        server.setHandler(application);

        // limit: from here
        RateLimiter limiter = LocalRateLimiter.builder().build();
        var guard = RequestGuard.builder().limiter(limiter, List.of(Policies.standard(RateLimit.perMinute(10))));
        GuardFilter.of(guard.build()).register(application.getServletContext(), "/*");
        // to here

        server.start();
        return server;
    }
}
