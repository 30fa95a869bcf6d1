package io.tollgate.examples.services;

import io.tollgate.examples.services.order.OrderServiceServer;
import io.tollgate.examples.services.user.PasswordCost;
import io.tollgate.examples.services.user.UserServiceServer;
import java.util.Map;
import java.util.stream.Collectors;

/** The environment variables that configure a service, with what the help says of them. */
enum Variable {
    GRPC_HOST(
            "",
            "127.0.0.1",
            "address to listen on; 0.0.0.0 for all. There is no authentication: trust who can reach it"),
    GRPC_PORT(
            "",
            UserServiceServer.DEFAULT_PORT + " user, " + OrderServiceServer.DEFAULT_PORT + " order",
            "port to listen on, 0 to 65535; 0 takes a free one"),
    DATABASE_URL("", "in memory", "jdbc:h2:file:PATH, or jdbc:h2:mem:NAME. Append ;WRITE_DELAY=0 to sync every commit"),
    SHUTDOWN_TIMEOUT("", "10s", "how long calls in flight may take after SIGTERM, such as 500ms, 10s or 1m"),
    LOG_LEVEL("", "INFO", "ERROR, WARN, INFO or DEBUG"),
    JWT_SECRET_KEY(
            "user", "the sample secret", "key of the access tokens' HS256, at least 32 bytes; the gateway's own"),
    JWT_ISSUER("user", "none", "iss of access tokens"),
    JWT_AUDIENCE("user", "none", "aud of access tokens"),
    ACCESS_TOKEN_TTL("user", "15m", "how long an access token is good, 1s to 24h"),
    REFRESH_TOKEN_TTL("user", "30d", "how long after a login refreshing ends, 1s to 400d"),
    REFRESH_TOKEN_IDLE_TTL("user", "7d", "how long a refresh token is good while it is not used, 1s to 400d"),
    ARGON2_MEMORY_KIB(
            "user",
            Integer.toString(PasswordCost.DEFAULT.memoryKib()),
            "memory of a password's hash, 8 to 1048576 KiB"),
    ARGON2_ITERATIONS(
            "user", Integer.toString(PasswordCost.DEFAULT.iterations()), "passes of a password's hash, 1 to 100"),
    EVENTS("order", listed(OrderServiceServer.DEFAULT_EVENTS), "events to add, with their numbers of tickets");

    final String onlyOf;
    final String standard;
    final String meaning;

    Variable(String onlyOf, String standard, String meaning) {
        this.onlyOf = onlyOf;
        this.standard = standard;
        this.meaning = meaning;
    }

    private static String listed(Map<String, Integer> events) {
        return events.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(","));
    }
}
