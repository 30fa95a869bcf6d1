package io.tollgate.operations;

import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** {@code /info}: the version, the time since the start, the JVM, the policies, and what the server adds. */
final class InfoPage {
    private final Map<String, Object> identity;
    private final Instant startedAt;
    private final Supplier<List<RateLimitPolicy>> policies;
    private final Map<String, Supplier<?>> more;

    /**
     * Describes a server.
     *
     * @param identity the first members
     * @param policies the active policies, in their order
     * @param more the last members
     */
    InfoPage(
            Map<String, Object> identity,
            Instant startedAt,
            Supplier<List<RateLimitPolicy>> policies,
            Map<String, Supplier<?>> more) {
        this.identity = identity;
        this.startedAt = startedAt;
        this.policies = policies;
        this.more = more;
    }

    Page page(Workers workers) {
        return Page.get(
                "/info",
                Audience.OPERATOR,
                (request, rest) -> workers.call(() -> HttpResponse.json(200, Json.object(now()))));
    }

    private Map<String, Object> now() {
        Map<String, Object> info = new LinkedHashMap<>(identity);
        info.put("startedAt", startedAt.toString());
        info.put("uptimeSeconds", Duration.between(startedAt, Instant.now()).toSeconds());
        info.put("jvm", jvm());
        info.put("policies", policies.get().stream().map(InfoPage::policy).toList());
        more.forEach((name, value) -> info.put(name, value.get()));
        return info;
    }

    private static Map<String, Object> jvm() {
        Map<String, Object> jvm = new LinkedHashMap<>();
        jvm.put("version", Runtime.version().toString());
        jvm.put("vendor", System.getProperty("java.vendor"));
        jvm.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        jvm.put("processors", Runtime.getRuntime().availableProcessors());
        jvm.put("maxHeapBytes", Runtime.getRuntime().maxMemory());
        return jvm;
    }

    private static Map<String, Object> policy(RateLimitPolicy policy) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("policy", policy.name());
        described.put(
                "phases",
                policy.phases().stream()
                        .map(phase -> phase.name().toLowerCase(Locale.ROOT))
                        .sorted()
                        .toList());
        return described;
    }
}
