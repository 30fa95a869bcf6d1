package io.tollgate.grpc.transcoding;

import io.tollgate.api.CallContext;
import io.tollgate.api.GatewayException;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.GuardedRoute;
import io.tollgate.api.guard.Rejected;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.TraceContext;
import io.tollgate.api.token.AccessRule;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transcoder behind a guard. */
final class GuardedEndpoint implements HttpEndpoint {
    private static final Logger log = LoggerFactory.getLogger(GuardedEndpoint.class);
    private static final GuardedRoute UNROUTED = new GuardedRoute(Optional.empty(), AccessRule.open());

    private final Transcoder transcoder;
    private final RequestGuard guard;
    private final ErrorRenderer errors;

    GuardedEndpoint(Transcoder transcoder, RequestGuard guard, ErrorRenderer errors) {
        this.transcoder = transcoder;
        this.guard = guard;
        this.errors = errors;
    }

    @Override
    public CompletionStage<HttpResponse> handle(HttpRequest request) {
        String id = id(request);
        Optional<MatchedRoute> found = transcoder.route(request);
        GuardedRoute route = found.map(MatchedRoute::guarded).orElse(UNROUTED);
        return guard.admit(request, route.template(), route.rule(), RequestGuard.SAME_THREAD)
                .thenCompose(admission -> admission instanceof Admitted admitted
                        ? respond(found, request, id, admitted)
                        : CompletableFuture.completedStage(((Rejected) admission).response(errors, id)))
                .exceptionally(failure -> rendered(request, id, GatewayException.from(failure)))
                .thenApply(response -> response.withHeader("X-Request-Id", id));
    }

    private CompletionStage<HttpResponse> respond(
            Optional<MatchedRoute> found, HttpRequest request, String id, Admitted admitted) {
        return handled(found, request, id, admitted)
                .handle((made, failure) -> {
                    if (failure == null) {
                        return admitted.settle(made.status()).thenApply(done -> admitted.complete(made));
                    }
                    GatewayException error = GatewayException.from(failure);
                    // Before it is rendered, which may fail.
                    return admitted.settle(error.code())
                            .thenApply(done -> admitted.complete(rendered(request, id, error)));
                })
                .thenCompose(settled -> settled);
    }

    private CompletionStage<HttpResponse> handled(
            Optional<MatchedRoute> found, HttpRequest request, String id, Admitted admitted) {
        try {
            return found.isPresent()
                    ? found.get().handle(request, admitted.principal(), admitted.clientAddress(), context(request, id))
                    : transcoder.unrouted(request);
        } catch (Throwable e) { // of a server's own request
            return CompletableFuture.failedStage(e);
        }
    }

    private HttpResponse rendered(HttpRequestHead head, String id, GatewayException error) {
        if (error.code().isServerFault()) {
            log.warn("request {}: failed with {}", id, error.code().name(), error);
        }
        return errors.render(error, head, id);
    }

    /** Returns the id that a client gave its request, or else a new one. */
    static String id(HttpRequestHead head) {
        List<String> given = head.headers("X-Request-Id");
        return given.size() == 1 && CallContext.isRequestId(given.get(0))
                ? given.get(0)
                : UUID.randomUUID().toString();
    }

    static CallContext context(HttpRequestHead head, String id) {
        return TraceContext.propagate(head, TraceContext.of(head), CallContext.of(id));
    }
}
