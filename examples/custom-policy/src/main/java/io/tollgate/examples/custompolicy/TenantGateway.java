package io.tollgate.examples.custompolicy;

import io.tollgate.api.ratelimit.RateLimitPolicy;
import io.tollgate.runner.Gateway;
import io.tollgate.runner.config.ConfigLoader;
import io.tollgate.runner.config.GatewayConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The reference gateway with {@link TenantPolicy} beside what its configuration asks for. */
public final class TenantGateway {
    private TenantGateway() {}

    /** Runs it until the process ends; takes the configuration file as its only argument, if any. */
    public static void main(String[] args) {
        Optional<Path> file = List.of(args).stream().findFirst().map(Path::of);
        Gateway gateway = start(ConfigLoader.load(file, System.getenv()).config());
        Runtime.getRuntime().addShutdownHook(new Thread(gateway::close, "shutdown"));
    }

    static Gateway start(GatewayConfig config) {
        List<RateLimitPolicy> policies = new ArrayList<>(Gateway.policies(config));
        policies.add(new TenantPolicy());
        return Gateway.builder(config).policies(policies).start();
    }
}
