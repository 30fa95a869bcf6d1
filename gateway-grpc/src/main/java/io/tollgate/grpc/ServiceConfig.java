package io.tollgate.grpc;

import io.grpc.MethodDescriptor;
import io.tollgate.grpc.order.OrderServiceGrpc;
import io.tollgate.grpc.user.UserServiceGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * gRPC's own service configuration: which methods it retries. A call that the server certainly never saw (its connection
 * ended first) is sent again for every method; that is part of the protocol (gRFC A6, transparent retries).
 */
final class ServiceConfig {
    /** Within the deadline of the call; numbers are doubles, as parsed JSON has them. */
    private static final Map<String, Object> RETRY = Map.of(
            "maxAttempts",
            3.0,
            "initialBackoff",
            "0.05s",
            "maxBackoff",
            "0.5s",
            "backoffMultiplier",
            2.0,
            "retryableStatusCodes",
            List.of("UNAVAILABLE"));

    /** Each failure costs a token, each success returns a tenth; below half of them nothing is retried. */
    private static final Map<String, Object> THROTTLING = Map.of("maxTokens", 100.0, "tokenRatio", 0.1);

    private ServiceConfig() {}

    static Map<String, Object> of(boolean idempotentPurchases, boolean roundRobin) {
        List<Map<String, Object>> retried = new ArrayList<>();
        retried.add(name(UserServiceGrpc.getLoginMethod()));
        if (idempotentPurchases) {
            retried.add(name(OrderServiceGrpc.getPurchaseTicketMethod()));
        }
        return Map.of(
                "loadBalancingConfig", List.of(Map.of(roundRobin ? "round_robin" : "pick_first", Map.of())),
                "methodConfig", List.of(Map.of("name", retried, "retryPolicy", RETRY)),
                "retryThrottling", THROTTLING);
    }

    private static Map<String, Object> name(MethodDescriptor<?, ?> method) {
        return Map.of("service", method.getServiceName(), "method", method.getBareMethodName());
    }
}
