package io.tollgate.spring.boot;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpEndpoint;
import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RequestIds;
import io.tollgate.operations.Traffic;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.server.WebHandler;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Mono;

/** The pages for operators of a reactive application. */
final class ReactiveOperations {
    private ReactiveOperations() {}

    /** Returns an endpoint as a handler of WebFlux. */
    static WebHandler handler(HttpEndpoint endpoint, ErrorRenderer errors) {
        return exchange -> {
            Request request = new Request(new ReactiveHead(exchange.getRequest()), exchange.getRequest());
            return Stages.mono(response(endpoint, request, errors)).flatMap(response -> write(exchange, response));
        };
    }

    /** Returns a stage that never fails: the failure of one whose client has left would be logged as an error. */
    private static CompletionStage<HttpResponse> response(
            HttpEndpoint endpoint, Request request, ErrorRenderer errors) {
        CompletionStage<HttpResponse> response;
        try {
            response = endpoint.handle(request);
        } catch (RuntimeException e) {
            response = CompletableFuture.failedStage(e);
        }
        return response.exceptionally(
                failure -> errors.render(GatewayException.from(failure), request, RequestIds.of(request)));
    }

    private static Mono<Void> write(ServerWebExchange exchange, HttpResponse response) {
        if (response.stream().isEmpty()) {
            return GuardWebFilter.write(exchange, response);
        }
        ServerHttpResponse to = exchange.getResponse();
        to.setStatusCode(HttpStatusCode.valueOf(response.status()));
        response.forEachHeader(to.getHeaders()::set);
        return to.writeAndFlushWith(
                JdkFlowAdapter.flowPublisherToFlux(response.stream().get())
                        .map(buffer -> Mono.just(to.bufferFactory().wrap(buffer))));
    }

    /** A request with its body. */
    private record Request(ReactiveHead head, ServerHttpRequest request) implements HttpRequest {
        @Override
        public CompletionStage<byte[]> body(int maxBytes) {
            return DataBufferUtils.join(request.getBody(), maxBytes)
                    .map(buffer -> {
                        byte[] bytes = new byte[buffer.readableByteCount()];
                        buffer.read(bytes);
                        DataBufferUtils.release(buffer);
                        return bytes;
                    })
                    .defaultIfEmpty(new byte[0])
                    .onErrorMap(
                            DataBufferLimitException.class,
                            e -> GatewayException.of(
                                    CommonError.BODY_TOO_LARGE, "The body has more than " + maxBytes + " bytes."))
                    .toFuture();
        }

        @Override
        public String method() {
            return head.method();
        }

        @Override
        public String path() {
            return request.getPath().pathWithinApplication().value();
        }

        @Override
        public Optional<String> query() {
            return head.query();
        }

        @Override
        public InetAddress peer() {
            return head.peer();
        }

        @Override
        public List<String> headers(String name) {
            return head.headers(name);
        }
    }

    /** Counts requests. */
    record TrafficWebFilter(Traffic traffic, RouteRules rules) implements WebFilter, Ordered {
        private static final int CLIENT_LEFT = 499;

        @Override
        public int getOrder() {
            return GuardOrder.TRAFFIC;
        }

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
            ReactiveHead head = new ReactiveHead(exchange.getRequest());
            Optional<String> route = rules.of(head).template();
            long began = System.nanoTime();
            AtomicBoolean finished = new AtomicBoolean();
            traffic.started(head);
            exchange.getResponse()
                    .beforeCommit(() -> Mono.fromRunnable(() -> {
                        HttpStatusCode status = exchange.getResponse().getStatusCode();
                        if (finished.compareAndSet(false, true)) {
                            finish(exchange, head, route, status == null ? 200 : status.value(), began);
                        }
                    }));
            return chain.filter(exchange).doOnCancel(() -> {
                if (finished.compareAndSet(false, true)) {
                    finish(exchange, head, route, CLIENT_LEFT, began);
                }
            });
        }

        private void finish(
                ServerWebExchange exchange, ReactiveHead head, Optional<String> route, int status, long began) {
            String id = exchange.getResponse().getHeaders().getFirst(RequestIds.HEADER);
            Admission admission = exchange.getAttribute(GuardWebFilter.ADMISSION);
            traffic.finished(new ObservedRequest(
                    head,
                    id == null ? "-" : id,
                    route,
                    admission,
                    ObservedRequest.response(status),
                    System.nanoTime() - began));
        }
    }
}
