package io.tollgate.examples.services.order;

import io.tollgate.api.order.OrderGateway;
import io.tollgate.grpc.GrpcOrderGateway;
import io.tollgate.grpc.Upstream;
import io.tollgate.testkit.OrderGatewayContract;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The gateway's client over a real connection to the real service. */
class GrpcOrderGatewayContractTest extends OrderGatewayContract {
    /** More than one for each test and number of tickets. */
    private static final int EVENTS = 30;

    private static final AtomicInteger used = new AtomicInteger();

    private static OrderServiceServer service;
    private static Upstream upstream;

    @BeforeAll
    static void start() {
        Map<String, Integer> events = new LinkedHashMap<>();
        IntStream.of(0, 1, 2, 20)
                .forEach(tickets -> IntStream.rangeClosed(1, EVENTS)
                        .forEach(n -> events.put("event-" + tickets + "-" + n, tickets)));
        service = OrderServiceServer.builder().port(0).events(events).start();
        upstream =
                Upstream.builder("order-service", "127.0.0.1", service.port()).build();
    }

    @AfterAll
    static void stop() {
        upstream.close();
        service.close();
    }

    @Override
    protected OrderGateway gateway() {
        return new GrpcOrderGateway(upstream);
    }

    @Override
    protected String newEvent(int tickets) {
        return "event-" + tickets + "-" + used.incrementAndGet();
    }
}
