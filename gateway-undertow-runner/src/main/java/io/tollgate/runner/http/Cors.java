package io.tollgate.runner.http;

import io.tollgate.api.http.HttpResponse;
import io.tollgate.runner.config.GatewayConfig;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells browsers which pages may read responses (the CORS protocol of the Fetch standard), errors included, and responds to
 * preflights itself: they carry no credentials, so they meet neither authentication nor a rate limit.
 */
public final class Cors implements Filter {
    private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";

    private final boolean anyOrigin;
    private final Set<String> origins;
    private final List<String> methods;
    private final Supplier<List<String>> more;
    private final String headers;
    private final String exposed;
    private final boolean credentials;
    private final String maxAge;

    /**
     * Allows what {@code config} says.
     *
     * @param more methods of routes that come and go, which the default allows too
     */
    public Cors(GatewayConfig.Cors config, Supplier<List<String>> more) {
        this.anyOrigin = config.allowsAnyOrigin();
        this.origins = Set.copyOf(config.allowedOrigins());
        this.methods = config.allowedMethods();
        this.more = config.allowsDefaultMethods() ? more : List::of;
        this.headers = String.join(", ", config.allowedHeaders());
        this.exposed = String.join(", ", config.exposedHeaders());
        this.credentials = config.allowCredentials() && !anyOrigin;
        this.maxAge = Long.toString(config.maxAge().toSeconds());
    }

    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        String origin = request.firstHeader("Origin");
        boolean allowed = allow(origin, request.exchange()::owe);
        if (origin == null) {
            return next.handle(request);
        }
        if (request.method().equals("OPTIONS") && request.firstHeader("Access-Control-Request-Method") != null) {
            if (allowed) {
                request.exchange().owe("Access-Control-Allow-Methods", methods());
                request.exchange().owe("Access-Control-Allow-Headers", headers);
                request.exchange().owe("Access-Control-Max-Age", maxAge);
            }
            return CompletableFuture.completedFuture(HttpResponse.empty(204));
        }
        if (allowed && !exposed.isEmpty()) {
            request.exchange().owe("Access-Control-Expose-Headers", exposed);
        }
        return next.handle(request);
    }

    private String methods() {
        Set<String> all = new LinkedHashSet<>(methods);
        all.addAll(more.get());
        return String.join(", ", all);
    }

    /** Passes the headers of a response to an unreadable request, whose origin is unknown, to {@code sink}. */
    public void forUnreadable(BiConsumer<String, String> sink) {
        allow(null, sink);
    }

    private boolean allow(@Nullable String origin, BiConsumer<String, String> sink) {
        if (anyOrigin) {
            sink.accept(ALLOW_ORIGIN, "*");
            return true;
        }
        // Always, or a cache would hand the answer for one origin to another.
        sink.accept("Vary", "Origin");
        if (origin == null || !origins.contains(origin)) {
            return false;
        }
        sink.accept(ALLOW_ORIGIN, origin);
        if (credentials) {
            sink.accept("Access-Control-Allow-Credentials", "true");
        }
        return true;
    }
}
