package io.tollgate.runner.frontdoor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.auth.redis.RedisServer;
import io.tollgate.grpc.FaultyProxy;
import io.tollgate.runner.frontdoor.Shoppers.Deed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A gateway with Redis, a user service and an order service, each a process of its own and behind a proxy that fails on request,
 * and shoppers who never pause. Each fault is injected, felt and mended, and what the shoppers met is counted.
 */
final class Faults implements AutoCloseable {
    private static final int SHOPPERS = 8;
    private static final Duration DELAY = Duration.ofMillis(150);

    private final LedgerService users;
    private final LedgerService orders;
    private final RedisServer redis;
    private final FaultyProxy toUsers;
    private final FaultyProxy toOrders;
    private final FaultyProxy toRedis;
    private final GatewayProcess gateway;
    private final Shoppers shoppers;
    private final Footprint before;

    /** The part that fails. */
    enum Part {
        REDIS(Deed.REFRESH),
        USER_SERVICE(Deed.LOGIN),
        ORDER_SERVICE(Deed.PURCHASE);

        private final Deed deed;

        Part(Deed deed) {
            this.deed = deed;
        }
    }

    /** How it fails. */
    enum Fault {
        /** Every connection is reset. */
        CUT,
        /** Every connection is closed in order. */
        HANG_UP,
        /** All that is sent arrives late. */
        DELAY,
        /** Connections stay open and nothing passes, then everything. */
        STALL,
        /** Connections stay open, and nothing passes over them ever again; new ones work. */
        HALF_OPEN,
        /** Nobody listens for a while. */
        REFUSE,
        /** The process gets SIGSTOP, and SIGCONT later. */
        STOP,
        /** The process gets SIGKILL, and another one is started in its place. */
        KILL
    }

    Faults(Path folder) throws Exception {
        users = LedgerService.start(folder, "users");
        orders = LedgerService.start(folder, "orders");
        // What it has acknowledged is there after it was killed.
        redis = RedisServer.start(
                Files.createDirectories(folder.resolve("redis")), "--appendonly", "yes", "--appendfsync", "always");
        toUsers = new FaultyProxy(users.port());
        toOrders = new FaultyProxy(orders.port());
        toRedis = new FaultyProxy(redis.port());
        gateway = GatewayProcess.start(environment());
        shoppers = new Shoppers(gateway.awaitPort(), SHOPPERS);
        shoppers.awaitSuccesses(20);
        before = footprint();
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        environment.put("JDK_JAVA_OPTIONS", "-Xmx128m -XX:+UseSerialGC");
        environment.put("JWT_SECRET_KEY", Deployment.SECRET);
        environment.put("AUTH_ISSUER", "gateway");
        environment.put("JWT_REFRESH_TOKEN_GRACE", "30s");
        environment.put("SERVER_HTTP_HOST", "127.0.0.1");
        environment.put("SERVER_HTTP_PORT", "0");
        environment.put("SERVER_ADMIN_PORT", "0");
        environment.put("REDIS_ENABLED", "true");
        environment.put("REDIS_HOST", "127.0.0.1");
        environment.put("REDIS_PORT", Integer.toString(toRedis.port()));
        environment.put("REDIS_TOKEN_BUCKET_CAPACITY", "1000000");
        // All shoppers have one address, and a login whose refund Redis did not get in an outage counts as failed.
        environment.put("AUTH_BRUTE_FORCE_ADDRESS_FAILURES", "1000000");
        environment.put("AUTH_BRUTE_FORCE_ACCOUNT_FAILURES", "1000000");
        environment.put("SERVICES_USER_SERVICE_HOST", "127.0.0.1");
        environment.put("SERVICES_USER_SERVICE_PORT", Integer.toString(toUsers.port()));
        environment.put("SERVICES_USER_SERVICE_DEADLINE", "1s");
        environment.put("SERVICES_ORDER_SERVICE_HOST", "127.0.0.1");
        environment.put("SERVICES_ORDER_SERVICE_PORT", Integer.toString(toOrders.port()));
        environment.put("SERVICES_ORDER_SERVICE_DEADLINE", "1s");
        return environment;
    }

    /** Injects a fault, waits until the shoppers feel it, mends it, and waits until all goes well again. */
    void go(Part part, Fault fault) throws Exception {
        shoppers.awaitSuccesses(2);
        Shoppers.Counts start = shoppers.counts();
        shoppers.mark();
        inject(part, fault);
        boolean lasts = fault != Fault.CUT && fault != Fault.HANG_UP && fault != Fault.HALF_OPEN;
        if (lasts) {
            shoppers.awaitMore(50, rejections(part, fault));
            shoppers.mark();
            mend(part, fault);
        }
        long recovered = shoppers.awaitRecovery(part.deed);
        shoppers.awaitSuccesses(2);
        Shoppers.Counts counts = shoppers.counts().minus(start);
        int twice = orders.madeTwice().size();
        System.out.println("fault " + part + " " + fault + ": " + counts + ", bought twice " + twice
                + ", recovered after " + recovered + " ms");

        assertThat(counts.succeeded()).as("succeeded").isPositive();
        assertThat(counts.lost())
                .as("without a response: %s", shoppers.remarks())
                .isZero();
        assertThat(counts.sessionsLost())
                .as("sessions lost: %s", shoppers.remarks())
                .isZero();
        assertThat(counts.wrong())
                .as("neither good nor 429, 503, 504: %s", shoppers.remarks())
                .isZero();
        assertThat(twice).as("bought twice: %s", orders.madeTwice()).isZero();
    }

    /**
     * Returns the number of rejections after which a fault is mended. Without the order service purchases are rejected, soon
     * enough of them to open the breaker, unless each takes its time; without the others few requests are.
     */
    private static int rejections(Part part, Fault fault) {
        return switch (fault) {
            case DELAY -> 0;
            case STALL, STOP -> part == Part.ORDER_SERVICE ? 10 : 1;
            default -> part == Part.ORDER_SERVICE ? 40 : 1;
        };
    }

    private void inject(Part part, Fault fault) {
        FaultyProxy proxy = proxy(part);
        switch (fault) {
            case CUT -> proxy.cut();
            case HANG_UP -> proxy.hangUp();
            case DELAY -> proxy.delay(DELAY);
            case STALL -> proxy.stall();
            case HALF_OPEN -> proxy.abandon();
            case REFUSE -> proxy.refuse();
            case STOP -> {
                switch (part) {
                    case REDIS -> redis.suspend();
                    case USER_SERVICE -> users.suspend();
                    case ORDER_SERVICE -> orders.suspend();
                }
            }
            case KILL -> {
                switch (part) {
                    case REDIS -> redis.kill();
                    case USER_SERVICE -> users.kill();
                    case ORDER_SERVICE -> orders.kill();
                }
            }
        }
    }

    private void mend(Part part, Fault fault) throws IOException {
        FaultyProxy proxy = proxy(part);
        switch (fault) {
            case DELAY -> proxy.delay(Duration.ZERO);
            case STALL -> proxy.resume();
            case REFUSE -> proxy.accept();
            case STOP -> {
                switch (part) {
                    case REDIS -> redis.resume();
                    case USER_SERVICE -> users.resume();
                    case ORDER_SERVICE -> orders.resume();
                }
            }
            case KILL -> {
                switch (part) {
                    case REDIS -> redis.launch();
                    case USER_SERVICE -> users.launch();
                    case ORDER_SERVICE -> orders.launch();
                }
                shoppers.mark(); // it took a while to start
            }
            default -> throw new IllegalArgumentException(fault + " mends itself");
        }
    }

    private FaultyProxy proxy(Part part) {
        return switch (part) {
            case REDIS -> toRedis;
            case USER_SERVICE -> toUsers;
            case ORDER_SERVICE -> toOrders;
        };
    }

    /** Waits until the gateway holds no more than it did before the first fault. */
    void awaitNoLeak() throws Exception {
        Footprint[] now = {before};
        try {
            Awaitility.await("no more than " + before)
                    .atMost(90, TimeUnit.SECONDS)
                    .pollInterval(1, TimeUnit.SECONDS)
                    .until(() -> {
                        now[0] = footprint();
                        return now[0].isNoMoreThan(before);
                    });
        } finally {
            System.out.println("faults: before " + before + "; after " + now[0]);
        }
    }

    private Footprint footprint() throws IOException, InterruptedException {
        return Footprint.of(gateway, redis.port());
    }

    Shoppers.Counts counts() {
        return shoppers.counts();
    }

    @Override
    public void close() {
        shoppers.close();
        gateway.close();
        for (FaultyProxy proxy : new FaultyProxy[] {toUsers, toOrders, toRedis}) {
            proxy.close();
        }
        users.close();
        orders.close();
        redis.close();
    }
}
