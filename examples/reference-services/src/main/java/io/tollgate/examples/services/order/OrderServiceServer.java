package io.tollgate.examples.services.order;

import io.tollgate.examples.services.database.Database;
import io.tollgate.examples.services.server.GrpcServer;
import io.tollgate.examples.services.server.ServiceBuilder;
import io.tollgate.examples.services.server.Workers;
import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A running order service: {@code order.OrderService} over gRPC, with its database.
 *
 * <pre>{@code
 * try (OrderServiceServer orders = OrderServiceServer.builder().port(0).start()) {
 *     connectTo("localhost", orders.port());
 * }
 * }</pre>
 */
public final class OrderServiceServer implements AutoCloseable {
    /** The port it listens on unless told otherwise. */
    public static final int DEFAULT_PORT = 50052;

    /** The events there are unless told otherwise, with how many tickets each has. */
    public static final Map<String, Integer> DEFAULT_EVENTS = defaultEvents();

    /** How many purchases may wait for a connection, before further ones are refused. */
    private static final int QUEUE = 1024;

    private final Database database;
    private final Workers workers;
    private final GrpcServer server;

    private OrderServiceServer(Database database, Workers workers, GrpcServer server) {
        this.database = database;
        this.workers = workers;
        this.server = server;
    }

    /** A service on port {@value #DEFAULT_PORT} with a new database in memory and the default events. */
    public static Builder builder() {
        return new Builder();
    }

    /** The port that it listens on. */
    public int port() {
        return server.port();
    }

    /** Blocks until it is closed. */
    public void awaitTermination() throws InterruptedException {
        server.awaitTermination();
    }

    /**
     * Takes no new calls, finishes those in flight, and closes the database. The second to call it waits for the first: a
     * process that ended before would lose what the database has not written yet.
     */
    @Override
    public synchronized void close() {
        server.close();
        workers.close();
        database.close();
    }

    private static Map<String, Integer> defaultEvents() {
        Map<String, Integer> events = new LinkedHashMap<>();
        events.put("rock-2026", 100);
        events.put("jazz-night", 3);
        events.put("sold-out-show", 0);
        return Collections.unmodifiableMap(events);
    }

    /** What an order service can be told. Not thread-safe. */
    public static final class Builder extends ServiceBuilder<Builder> {
        private Map<String, Integer> events = DEFAULT_EVENTS;

        private Builder() {
            super(DEFAULT_PORT, "jdbc:h2:mem:orders-" + UUID.randomUUID());
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * The events to have, with how many tickets each has in all. One that the database knows already keeps its
         * stock.
         */
        public Builder events(Map<String, Integer> capacities) {
            capacities.forEach(Builder::check);
            events = Collections.unmodifiableMap(new LinkedHashMap<>(capacities));
            return this;
        }

        /**
         * Opens the database and starts to listen.
         *
         * @throws java.io.UncheckedIOException if the address cannot be listened on
         * @throws io.tollgate.examples.services.database.DatabaseException if the database cannot be opened
         */
        public OrderServiceServer start() {
            Workers workers = new Workers("order-database", Database.CONNECTIONS, QUEUE);
            Database database = Database.open(databaseUrl(), BoxOffice.SCHEMA);
            try {
                BoxOffice boxOffice = new BoxOffice(database, Clock.systemUTC());
                boxOffice.addEvents(events);
                GrpcServer server =
                        GrpcServer.start(address(), drainTimeout(), telemetry(), new OrderCalls(boxOffice, workers));
                return new OrderServiceServer(database, workers, server);
            } catch (RuntimeException e) {
                database.close();
                throw e;
            }
        }

        private static void check(String id, Integer capacity) {
            if (!OrderCalls.EVENT_ID.matcher(id).matches()) {
                throw new IllegalArgumentException(
                        "event \"" + id + "\" (expected: 1 to 128 characters of A-Z a-z 0-9 . _ ~ -)");
            }
            if (capacity < 0) {
                throw new IllegalArgumentException(
                        "event \"" + id + "\": " + capacity + " tickets (expected: 0 or more)");
            }
        }
    }
}
