package io.tollgate.examples.services;

import io.opentelemetry.api.OpenTelemetry;
import io.tollgate.examples.services.order.OrderServiceServer;
import io.tollgate.examples.services.server.ServiceBuilder;
import io.tollgate.examples.services.user.PasswordCost;
import io.tollgate.examples.services.user.UserServiceServer;
import java.io.Closeable;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A service that is configured and can be started. */
@FunctionalInterface
interface Launch {
    /** What {@code config.yaml} of the gateway has for development; known to everybody. */
    String SAMPLE_SECRET = "your-secret-key-change-in-production-super-secure-32-chars-minimum-2024";

    /** Starts it and blocks until it has shut down, which SIGTERM makes it do. */
    void runUntilTerminated() throws InterruptedException;

    /** A user service; what is wrong with the variables is collected in them. */
    static Launch user(Environment variables, OpenTelemetry telemetry) {
        UserServiceServer.Builder builder = UserServiceServer.builder().jwtSecret(SAMPLE_SECRET);
        builder.openTelemetry(telemetry);
        configure(builder, variables);
        variables.text(Variable.JWT_SECRET_KEY, builder::jwtSecret);
        variables.text(Variable.JWT_ISSUER, builder::issuer);
        variables.text(Variable.JWT_AUDIENCE, builder::audience);
        variables.duration(Variable.ACCESS_TOKEN_TTL, builder::accessTokenTtl);
        variables.duration(Variable.REFRESH_TOKEN_TTL, builder::refreshTokenTtl);
        variables.duration(Variable.REFRESH_TOKEN_IDLE_TTL, builder::refreshTokenIdleTtl);
        PasswordCost cost = cost(variables);
        builder.passwordCost(cost);
        boolean sampleSecret = !variables.has(Variable.JWT_SECRET_KEY);
        return () -> {
            Logger log = LoggerFactory.getLogger(ReferenceServices.class);
            if (sampleSecret) {
                log.warn("JWT_SECRET_KEY is not set: tokens are signed with the sample secret, which everybody knows");
            }
            if (cost.isWeak()) {
                log.warn(
                        "passwords are hashed at {} KiB and {} iterations: too cheap but for tests",
                        cost.memoryKib(),
                        cost.iterations());
            }
            try (UserServiceServer server = builder.start()) {
                closeOnExit(server, telemetry);
                server.awaitTermination();
            }
        };
    }

    /** An order service; what is wrong with the variables is collected in them. */
    static Launch order(Environment variables, OpenTelemetry telemetry) {
        OrderServiceServer.Builder builder = OrderServiceServer.builder().openTelemetry(telemetry);
        configure(builder, variables);
        variables.counts(Variable.EVENTS, builder::events);
        return () -> {
            try (OrderServiceServer server = builder.start()) {
                closeOnExit(server, telemetry);
                server.awaitTermination();
            }
        };
    }

    private static void configure(ServiceBuilder<?> builder, Environment variables) {
        variables.text(Variable.GRPC_HOST, builder::host);
        variables.integer(Variable.GRPC_PORT, builder::port);
        variables.text(Variable.DATABASE_URL, builder::databaseUrl);
        variables.duration(Variable.SHUTDOWN_TIMEOUT, builder::drainTimeout);
        // Read by the logging configuration itself; only checked here.
        variables.text(Variable.LOG_LEVEL, Launch::requireLevel);
    }

    private static PasswordCost cost(Environment variables) {
        PasswordCost[] cost = {PasswordCost.DEFAULT};
        variables.integer(Variable.ARGON2_MEMORY_KIB, kib -> cost[0] = new PasswordCost(kib, cost[0].iterations()));
        variables.integer(
                Variable.ARGON2_ITERATIONS, passes -> cost[0] = new PasswordCost(cost[0].memoryKib(), passes));
        return cost[0];
    }

    private static void requireLevel(String level) {
        if (!Set.of("ERROR", "WARN", "INFO", "DEBUG").contains(level.toUpperCase(Locale.ROOT))) {
            throw new IllegalArgumentException("\"" + level + "\" (expected: ERROR, WARN, INFO or DEBUG)");
        }
    }

    /** The telemetry last, so that it hears of the calls that are finished. */
    private static void closeOnExit(AutoCloseable server, OpenTelemetry telemetry) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            try {
                                server.close();
                                if (telemetry instanceof Closeable sends) {
                                    sends.close();
                                }
                            } catch (Exception e) {
                                LoggerFactory.getLogger(ReferenceServices.class).error("shutting down failed", e);
                            }
                        },
                        "shutdown"));
    }
}
