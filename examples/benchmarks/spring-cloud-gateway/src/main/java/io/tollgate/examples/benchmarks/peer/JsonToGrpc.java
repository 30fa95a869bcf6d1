package io.tollgate.examples.benchmarks.peer;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.cloud.gateway.config.GrpcSslConfigurer;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** A purchase by Spring's own filter from JSON to gRPC, over one channel: by itself it opens one for each request. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("peer.descriptors")
class JsonToGrpc {
    /** Returns the route. The filter takes no fields from a path, so the event is in the body. */
    @Bean
    RouteLocator transcodedRoutes(
            RouteLocatorBuilder builder,
            @Value("${peer.descriptors}") String descriptors,
            @Value("${peer.backend.port}") int port) {
        return builder.routes()
                .route("json-to-grpc", route -> route.path("/v1/events/{event_id}/purchase")
                        .filters(filters -> filters.jsonToGRPC("OrderService", "PurchaseTicket", descriptors))
                        .uri("http://127.0.0.1:" + port))
                .build();
    }

    /** Returns the place at which the filter asks for a channel. */
    @Bean
    @Primary
    GrpcSslConfigurer sharedChannel(@Value("${peer.backend.port}") int port) {
        ManagedChannel shared =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        return new GrpcSslConfigurer(new HttpClientProperties.Ssl(), null) {
            @Override
            public ManagedChannel configureSsl(NettyChannelBuilder unused) {
                return shared;
            }
        };
    }
}
