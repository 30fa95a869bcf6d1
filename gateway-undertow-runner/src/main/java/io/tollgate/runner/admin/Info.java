package io.tollgate.runner.admin;

import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.config.Setting;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.config.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** {@code /info}: what runs here, since when, and with which settings; secrets are redacted. */
public final class Info {
    private final GatewayConfig.App app;
    private final Instant startedAt;
    private final Supplier<List<Setting>> settings;
    private final Supplier<List<RateLimitPolicy>> policies;

    /**
     * Of a gateway.
     *
     * @param settings those in effect now
     * @param policies those that are asked now, in their order
     */
    public Info(
            GatewayConfig.App app,
            Instant startedAt,
            Supplier<List<Setting>> settings,
            Supplier<List<RateLimitPolicy>> policies) {
        this.app = app;
        this.startedAt = startedAt;
        this.settings = settings;
        this.policies = policies;
    }

    Page page() {
        return Page.get("/info", Guard.Access.OPERATOR, exchange -> Answers.json(exchange, 200, now()))
                .onWorker();
    }

    private Map<String, Object> now() {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("name", app.name());
        info.put("version", app.version());
        info.put("environment", app.environment().name().toLowerCase(Locale.ROOT));
        info.put("build", Map.of("version", Version.current(), "commit", Version.commit()));
        info.put("startedAt", startedAt.toString());
        info.put("uptimeSeconds", Duration.between(startedAt, Instant.now()).toSeconds());
        info.put("jvm", jvm());
        info.put("policies", policies.get().stream().map(Info::policy).toList());
        info.put("configuration", configuration());
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

    private List<Map<String, String>> configuration() {
        List<Map<String, String>> all = new ArrayList<>();
        for (Setting setting : settings.get()) {
            Map<String, String> one = new LinkedHashMap<>();
            one.put("key", setting.key().name());
            one.put("value", setting.value());
            one.put("source", setting.source());
            all.add(one);
        }
        return all;
    }
}
