package io.tollgate.runner.http;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.util.concurrent.CompletionStage;

/** Refuses, now that they are charged for, requests that lead nowhere and those whose token is not good for them. */
public final class Authorization implements Filter {
    @Override
    public CompletionStage<Response> apply(Request request, Endpoint next) {
        RouteMatch match = request.match();
        if (match.route() == null) {
            throw match.allow().isEmpty() ? notFound(request) : notAllowed(request, match);
        }
        GatewayException refusal = request.refusal();
        if (refusal != null) {
            throw refusal;
        }
        request.principal().flatMap(match.route().rule()::rejection).ifPresent(insufficient -> {
            throw insufficient;
        });
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
