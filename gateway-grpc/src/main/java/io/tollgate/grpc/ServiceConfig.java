package io.tollgate.grpc;

import io.grpc.MethodDescriptor;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * gRPC's own service configuration: the methods that it retries, and how it balances. A call that the server certainly never
 * saw (its connection ended first) is sent again for every method; that is part of the protocol (gRFC A6, transparent
 * retries).
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

    /**
     * Returns the configuration in the form that {@code defaultServiceConfig} takes.
     *
     * @param retried full names of methods, such as {@code order.OrderService/PurchaseTicket}
     */
    static Map<String, Object> of(Collection<String> retried, boolean roundRobin) {
        Map<String, Object> config = new HashMap<>();
        config.put("loadBalancingConfig", List.of(Map.of(roundRobin ? "round_robin" : "pick_first", Map.of())));
        if (!retried.isEmpty()) {
            List<Map<String, String>> names =
                    retried.stream().map(ServiceConfig::name).toList();
            config.put("methodConfig", List.of(Map.of("name", names, "retryPolicy", RETRY)));
            config.put("retryThrottling", THROTTLING);
        }
        return config;
    }

    private static Map<String, String> name(String method) {
        return Map.of(
                "service", Objects.requireNonNull(MethodDescriptor.extractFullServiceName(method)),
                "method", Objects.requireNonNull(MethodDescriptor.extractBareMethodName(method)));
    }
}
