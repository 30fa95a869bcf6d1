package io.tollgate.runner.http;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpResponse;
import java.util.concurrent.CompletionStage;

/**
 * Rejects requests without a route, now that they are charged for: with 404, or 405 if the path has other methods. Rejects those
 * without time, too.
 */
public final class Unrouted implements Filter {
    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        RouteMatch match = request.match();
        if (!match.isFound()) {
            throw match.allow().isEmpty() ? notFound(request) : notAllowed(request, match);
        }
        request.exchange().requireTime();
        return next.handle(request);
    }

    private static GatewayException notFound(Request request) {
        return GatewayException.of(CommonError.ROUTE_NOT_FOUND, ApiVersions.whyNothing(request.path()));
    }

    private static GatewayException notAllowed(Request request, RouteMatch match) {
        String message = "This path does not answer " + request.method() + "; it answers " + match.allow() + ".";
        return GatewayException.builder(CommonError.METHOD_NOT_ALLOWED, message)
                .header("Allow", match.allow())
                .build();
    }
}
