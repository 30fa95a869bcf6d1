package io.tollgate.examples.benchmarks.peer;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.stub.StreamObserver;
import io.tollgate.grpc.order.OrderServiceGrpc;
import io.tollgate.grpc.order.PurchaseRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.order.Ticket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Buys a ticket by an asynchronous gRPC call, and ends the chain with the response. */
final class PurchaseFilter implements GatewayFilter {
    private final OrderServiceGrpc.OrderServiceStub orders;

    PurchaseFilter(int backendPort) {
        this.orders = OrderServiceGrpc.newStub(
                Grpc.newChannelBuilder("127.0.0.1:" + backendPort, InsecureChannelCredentials.create())
                        .directExecutor()
                        .build());
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        PurchaseRequest request = PurchaseRequest.newBuilder()
                .setEventId(ServerWebExchangeUtils.getUriTemplateVariables(exchange).getOrDefault("event_id", "limited"))
                .setUserId(exchange.getRequiredAttribute(TokenFilter.USER))
                .setIdempotencyKey(exchange.getRequest().getId())
                .build();
        return Mono.<PurchaseResponse>create(sink -> orders.purchaseTicket(request, new Observer(sink)))
                .flatMap(purchase -> respond(exchange.getResponse(), purchase.getTicket()));
    }

    private static Mono<Void> respond(ServerHttpResponse response, Ticket ticket) {
        Instant created = Instant.ofEpochSecond(
                ticket.getCreatedAt().getSeconds(), ticket.getCreatedAt().getNanos());
        byte[] body = ("{\"ticket\":{\"id\":\"" + ticket.getId() + "\",\"eventId\":\"" + ticket.getEventId()
                        + "\",\"userId\":\"" + ticket.getUserId() + "\",\"status\":\"" + ticket.getStatus()
                        + "\",\"createdAt\":\"" + created + "\"}}")
                .getBytes(StandardCharsets.UTF_8);
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        response.getHeaders().setContentLength(body.length);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }

    /** Hands the one response of a call to its subscriber. */
    private record Observer(MonoSink<PurchaseResponse> sink) implements StreamObserver<PurchaseResponse> {
        @Override
        public void onNext(PurchaseResponse response) {
            sink.success(response);
        }

        @Override
        public void onError(Throwable failure) {
            sink.error(failure);
        }

        @Override
        public void onCompleted() {
            // The response has been handed on already.
        }
    }
}
