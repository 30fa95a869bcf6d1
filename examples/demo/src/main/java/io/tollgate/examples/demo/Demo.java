package io.tollgate.examples.demo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.tollgate.config.ConfigException;
import io.tollgate.examples.services.order.OrderServiceServer;
import io.tollgate.examples.services.user.UserServiceServer;
import io.tollgate.operations.logging.LogLines;
import io.tollgate.runner.Gateway;
import io.tollgate.runner.GatewayStartException;
import io.tollgate.runner.config.ConfigLoader;
import io.tollgate.runner.config.GatewayConfig;
import io.tollgate.runner.logging.GatewayLogging;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** The gateway in front of reference services of its own, with nothing else needed and nothing kept. */
public final class Demo implements AutoCloseable {
    /** The events, and the tickets of each. */
    static final Map<String, Integer> EVENTS = events();

    private final UserServiceServer users;
    private final OrderServiceServer orders;
    private final Gateway gateway;

    private Demo(UserServiceServer users, OrderServiceServer orders, Gateway gateway) {
        this.users = users;
        this.orders = orders;
        this.gateway = gateway;
    }

    /** Runs until the process receives SIGTERM. */
    public static void main(String[] args) {
        Map<String, String> environment = withDefaults(System.getenv());
        try {
            GatewayConfig config =
                    ConfigLoader.load(Optional.empty(), environment).config();
            LogLines logging = GatewayLogging.start(config, System.out);
            hush("com.zaxxer.hikari");
            hush("io.tollgate.examples");
            Demo demo = start(environment);
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                demo.close();
                                logging.close();
                            },
                            "shutdown"));
            System.out.print(demo.invitation());
        } catch (ConfigException | GatewayStartException e) {
            System.err.println("tollgate: " + e.getMessage());
            System.exit(1);
        }
    }

    /**
     * Starts all of it.
     *
     * @param environment variables of the gateway; the demo adds what it needs where they are unset
     */
    public static Demo start(Map<String, String> environment) {
        Map<String, String> all = withDefaults(environment);
        UserServiceServer users = UserServiceServer.builder()
                .port(0)
                .jwtSecret(all.get("JWT_SECRET_KEY"))
                .account("ann@example.org", "ann", "correct horse")
                .start();
        OrderServiceServer orders =
                OrderServiceServer.builder().port(0).events(EVENTS).start();
        try {
            all.put("SERVICES_USER_SERVICE_HOST", "127.0.0.1");
            all.put("SERVICES_USER_SERVICE_PORT", Integer.toString(users.port()));
            all.put("SERVICES_ORDER_SERVICE_HOST", "127.0.0.1");
            all.put("SERVICES_ORDER_SERVICE_PORT", Integer.toString(orders.port()));
            GatewayConfig config = ConfigLoader.load(Optional.empty(), all).config();
            return new Demo(users, orders, Gateway.start(config));
        } catch (RuntimeException e) {
            orders.close();
            users.close();
            throw e;
        }
    }

    /** Returns the URL of the gateway, without a slash at the end. */
    public URI url() {
        return gateway.url();
    }

    /** Returns the URL of the operators' port, if it is not disabled. */
    public Optional<URI> adminUrl() {
        return gateway.adminUrl();
    }

    /** Returns what to try next: pages to open, and lines to paste into a shell. */
    String invitation() {
        URI url = url();
        String pages = "Try it in a browser:    " + url + "/docs\n"
                + adminUrl()
                        .map(admin -> "Watch what it does:     " + admin + "/\n")
                        .orElse("");
        return "\nTollgate is listening on " + url + ".\n\n" + pages + """

                Or in another terminal, in any order and as often as you like. The account ann is there already, and the second
                command makes another one each time:

                  curl -i %1$s/health

                  ME=ann-$(date +%%s)-$$; curl -X POST %1$s/api/v1/users/register -H 'Content-Type: application/json' \\
                    -d '{"email":"'$ME'@example.org","username":"'$ME'","password":"correct horse"}'

                  TOKEN=$(curl -s -X POST %1$s/api/v1/users/login -H 'Content-Type: application/json' \\
                    -d '{"email":"ann@example.org","password":"correct horse"}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')

                  curl -X POST %1$s/api/v1/tickets/rock-2026/purchase -H "Authorization: Bearer $TOKEN"

                Events: %2$s. Ctrl-C stops it; nothing is kept.
                """.formatted(url, list(EVENTS));
    }

    @Override
    public void close() {
        gateway.close();
        orders.close();
        users.close();
    }

    private static Map<String, String> withDefaults(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        // Nothing outlives the process, so neither need the secret.
        all.putIfAbsent("JWT_SECRET_KEY", randomSecret());
        all.putIfAbsent("SERVER_HTTP_GRACEFUL_SHUTDOWN_TIMEOUT", "2s");
        // Small enough to be emptied by clicking, and long before an event is sold out.
        all.putIfAbsent("REDIS_TOKEN_BUCKET_CAPACITY", "20");
        all.putIfAbsent("REDIS_TOKEN_BUCKET_REFILL_RATE", "0.5");
        return all;
    }

    /** The access log of the gateway is what there is to see here. */
    private static void hush(String logger) {
        ((Logger) LoggerFactory.getLogger(logger)).setLevel(Level.WARN);
    }

    private static String randomSecret() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String list(Map<String, Integer> events) {
        StringBuilder s = new StringBuilder();
        events.forEach((id, stock) -> s.append(s.isEmpty() ? "" : ", ")
                .append(id)
                .append(" (")
                .append(stock)
                .append(" tickets)"));
        return s.toString();
    }

    private static Map<String, Integer> events() {
        Map<String, Integer> events = new LinkedHashMap<>();
        events.put("rock-2026", 1000);
        events.put("jazz-night", 3);
        events.put("sold-out-show", 0);
        return events;
    }
}
