package io.tollgate.operations;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the page of a request, checks that the request may see it, and turns failures into error responses. */
final class Router {
    private static final Logger log = LoggerFactory.getLogger(Router.class);
    private static final ErrorRenderer ERRORS = ErrorRenderer.envelope();

    /**
     * Headers of all responses: scripts and styles come from this origin and nowhere else; no other page may embed or read
     * these pages, or learn of them from a link.
     */
    private static final Map<String, String> SECURITY = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Permissions-Policy",
            "camera=(), geolocation=(), microphone=()",
            "Cache-Control",
            "no-store");

    private final List<Page> pages;
    private final OperatorAccess access;

    Router(List<Page> pages, OperatorAccess access) {
        this.pages = List.copyOf(pages);
        this.access = access;
    }

    /**
     * Responds to a request. Never fails.
     *
     * @param path of the request below the prefix that the pages are mounted at
     */
    CompletionStage<HttpResponse> handle(HttpRequest request, String path) {
        CompletionStage<HttpResponse> response;
        try {
            response = path.isEmpty() ? toRoot(request) : find(request, path);
        } catch (Throwable e) {
            response = CompletableFuture.failedStage(e);
        }
        return response.handle((made, failure) -> secured(failure == null ? made : error(request, failure)));
    }

    private CompletionStage<HttpResponse> find(HttpRequest request, String path) {
        for (Page page : pages) {
            if (page.matches(path)) {
                access.check(request, page.audience());
                if (!page.methods().contains(request.method())) {
                    throw GatewayException.builder(
                                    CommonError.METHOD_NOT_ALLOWED, "The page does not accept this method.")
                            .header("Allow", String.join(", ", page.methods()))
                            .build();
                }
                return page.handler().handle(request, path.substring(page.path().length()));
            }
        }
        access.check(request, Audience.OPERATOR);
        throw GatewayException.of(CommonError.ROUTE_NOT_FOUND, "There is no such page.");
    }

    /** Redirects from the prefix to the live page below it, whose links are relative. */
    private CompletionStage<HttpResponse> toRoot(HttpRequest request) {
        access.check(request, Audience.BROWSER);
        String last = request.path().substring(request.path().lastIndexOf('/') + 1);
        return CompletableFuture.completedStage(HttpResponse.empty(308).withHeader("Location", last + "/"));
    }

    private static HttpResponse error(HttpRequest request, Throwable failure) {
        GatewayException error = GatewayException.from(failure);
        if (error.code() == CommonError.INTERNAL_SERVER_ERROR) {
            log.atError()
                    .setCause(error.getCause())
                    .addKeyValue("path", request.path())
                    .log("A page failed");
        }
        return ERRORS.render(error, request, "-");
    }

    private static HttpResponse secured(HttpResponse response) {
        HttpResponse secured = response;
        for (Map.Entry<String, String> header : SECURITY.entrySet()) {
            if (secured.header(header.getKey()).isEmpty()) {
                secured = secured.withHeader(header.getKey(), header.getValue());
            }
        }
        return secured;
    }
}
