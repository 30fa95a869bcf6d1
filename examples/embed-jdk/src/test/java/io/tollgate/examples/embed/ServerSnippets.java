package io.tollgate.examples.embed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tollgate.api.CallContext;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.guard.RequestSummary;
import io.tollgate.api.http.Compression;
import io.tollgate.api.http.EntityTags;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.PathTemplate;
import io.tollgate.api.http.Representation;
import io.tollgate.api.http.RequestIds;
import io.tollgate.api.http.RequestTimeout;
import io.tollgate.api.http.RouteEndpoint;
import io.tollgate.api.http.RouteFilter;
import io.tollgate.api.token.AccessRule;
import io.tollgate.api.token.TokenService;
import io.tollgate.api.token.TokenVerifier;
import io.tollgate.api.user.Credentials;
import io.tollgate.api.user.Session;
import io.tollgate.api.user.UserGateway;
import io.tollgate.auth.IssuingUserGateway;
import io.tollgate.grpc.GrpcUserGateway;
import io.tollgate.grpc.Upstream;
import io.tollgate.httpserver.EndpointHandler;
import io.tollgate.operations.ApiPages;
import io.tollgate.operations.ComponentKind;
import io.tollgate.operations.Condition;
import io.tollgate.operations.OperatorAccess;
import io.tollgate.operations.OperatorPages;
import io.tollgate.operations.Traffic;
import io.tollgate.operations.logging.FieldLogger;
import io.tollgate.operations.logging.FieldWriter;
import io.tollgate.operations.logging.LineFields;
import io.tollgate.operations.logging.LogLines;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** More examples: of servers, their routes, and what their operators see. {@link JavadocTest} compares documents with this file. */
@SuppressWarnings("all")
abstract class ServerSnippets {
    // LogLines
    void logLines() {
        LogLines lines = LogLines.builder()
                .json("shop")
                .application("com.example.shop")
                .level(Level.DEBUG)
                .quiet("io.grpc", "redis.clients")
                .start(System.out);
    }

    // FieldLogger
    void fieldLogger() {
        record Served(String route, int status) implements LineFields {
            @Override
            public void writeTo(FieldWriter line) throws IOException {
                line.field("route", route);
                line.field("status", status);
            }
        }

        FieldLogger log = FieldLogger.of(LoggerFactory.getLogger("com.example.access"));
        log.info("request", new Served("/seats/{id}", 200));
    }

    // RouteEndpoint
    void routes(Quotas quotas) {
        RouteEndpoint quota = request -> quotas.of(request.pathParameter("tenant"), request.context())
                .thenApply(left -> HttpResponse.json(200, toJson(left)));
    }

    interface Quotas {
        CompletionStage<Long> of(String tenant, CallContext context);
    }

    abstract byte[] toJson(Long left);

    // Compression, EntityTags, Representation
    void compressed(byte[] html) {
        HttpEndpoint catalogue = Compression.gzip().around(EntityTags.around(request -> catalogue()));
        HttpEndpoint prices = EntityTags.around(request ->
                prices().thenApply(json -> HttpResponse.json(200, json).withHeader("Cache-Control", "no-cache")));
        Representation page =
                Representation.of("text/html; charset=utf-8", html).withHeader("Cache-Control", "no-cache");
        HttpEndpoint endpoint = request -> CompletableFuture.completedStage(page.respond(request));
    }

    void compressedRoute() {
        Compression compression = Compression.gzip();
        RouteEndpoint catalogue = request ->
                catalogue().thenApply(response -> compression.apply(request, EntityTags.apply(request, response)));
    }

    abstract CompletionStage<HttpResponse> catalogue();

    abstract CompletionStage<byte[]> prices();

    // RouteFilter
    void filters() {
        RouteFilter timing = (request, next) -> {
            long start = System.nanoTime();
            return next.handle(request)
                    .thenApply(response ->
                            response.withHeader("Server-Timing", "app;dur=" + (System.nanoTime() - start) / 1e6));
        };
    }

    // RequestSummary
    void report(RequestListener listener, RequestGuard guard, HttpRequestHead head, AccessRule rule, String requestId) {
        long began = System.nanoTime();
        listener.started(head);
        Admission admission =
                guard.admit(head, "/hello", rule).toCompletableFuture().join();
        HttpResponse response = respond(admission);
        listener.finished(RequestSummary.of(head, requestId, "/hello", admission, response, System.nanoTime() - began));
    }

    abstract HttpResponse respond(Admission admission);

    // RequestIds
    void correlate(HttpRequestHead head, HttpExchange exchange) {
        String requestId = RequestIds.of(head);
        exchange.getResponseHeaders().set(RequestIds.HEADER, requestId);
    }

    // RequestTimeout
    void limit(UserGateway users, Credentials credentials, HttpRequestHead head, String requestId, long arrivedNanos) {
        CallContext context = RequestTimeout.limit(CallContext.of(requestId), head, arrivedNanos);
        CompletionStage<Session> session = users.login(credentials, context);
    }

    // PathTemplate
    void match(HttpRequestHead head) {
        PathTemplate template = PathTemplate.of("/tickets/{event_id}/purchase");
        List<String> parameters = template.match(PathTemplate.normalize(head.path()));
        if (parameters != null) {
            buy(PathTemplate.decode(parameters.get(0)));
        }
    }

    abstract void buy(String event);

    // IssuingUserGateway
    void issue(Upstream upstream, TokenService tokens) {
        UserGateway users = new IssuingUserGateway(new GrpcUserGateway(upstream), tokens, List.of("tickets"));
    }

    // Traffic
    void traffic(TokenVerifier verifier, OperatorAccess access) {
        Traffic traffic = new Traffic();
        RequestGuard guard =
                RequestGuard.builder().tokens(verifier).listener(traffic).build();
        OperatorPages pages =
                OperatorPages.builder().access(access).traffic(traffic).build();
    }

    // OperatorPages
    void pages(TokenVerifier verifier, String token, HttpServer server) {
        Traffic traffic = new Traffic();
        RequestGuard guard =
                RequestGuard.builder().tokens(verifier).listener(traffic).build();
        OperatorPages pages = OperatorPages.builder()
                .name("ticket-shop")
                .version("1.4.2")
                .access(OperatorAccess.token(token))
                .component("order-service", ComponentKind.UPSTREAM, this::orderService)
                .policies(guard::policies)
                .traffic(traffic)
                .build();
        server.createContext("/ops", EndpointHandler.of(pages.under("/ops")));
        server.start();
        pages.listening(URI.create("https://shop.example.com"));
    }

    Condition orderService() {
        Condition condition = Condition.ok("connected").with("mode", "shared");
        return condition;
    }

    // OperatorAccess
    void access() {
        OperatorAccess access = OperatorAccess.builder()
                .token(System.getenv("OPERATOR_TOKEN"))
                .hosts(List.of("ops.example.com"))
                .build();
    }

    // ApiPages
    void api(byte[] openApiAsJson, HttpServer server) {
        ApiPages pages = ApiPages.builder()
                .title("Ticket API")
                .description(() -> openApiAsJson)
                .build();
        server.createContext("/developers", EndpointHandler.of(pages.under("/developers")));
    }
}
