package io.tollgate.examples.services.order;

import io.tollgate.examples.services.database.Database;
import io.tollgate.examples.services.database.DatabaseException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The tables of events and tickets. Methods block. */
final class BoxOffice {
    static final List<String> SCHEMA = List.of("""
            CREATE TABLE IF NOT EXISTS events (
                id VARCHAR(128) PRIMARY KEY,
                capacity INTEGER NOT NULL,
                remaining INTEGER NOT NULL,
                CONSTRAINT events_never_oversold CHECK (remaining BETWEEN 0 AND capacity))""", """
            CREATE TABLE IF NOT EXISTS tickets (
                id UUID PRIMARY KEY,
                event_id VARCHAR(128) NOT NULL REFERENCES events (id),
                user_id VARCHAR(255) NOT NULL,
                idempotency_key VARCHAR(255),
                created_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
                CONSTRAINT tickets_once_per_key UNIQUE (user_id, idempotency_key))""");

    private final Database database;
    private final Clock clock;

    BoxOffice(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Adds the events that are not there yet; those that are keep their stock. */
    void addEvents(Map<String, Integer> capacities) {
        database.transaction(connection -> {
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO events (id, capacity, remaining) SELECT ?, ?, ?"
                            + " WHERE NOT EXISTS (SELECT 1 FROM events WHERE id = ?)")) {
                for (Map.Entry<String, Integer> event : capacities.entrySet()) {
                    insert.setString(1, event.getKey());
                    insert.setInt(2, event.getValue());
                    insert.setInt(3, event.getValue());
                    insert.setString(4, event.getKey());
                    insert.addBatch();
                }
                return insert.executeBatch();
            }
        });
    }

    /**
     * Buys one ticket.
     *
     * @param key purchases of one user with the same key buy at most one ticket; each does without a key
     */
    Outcome buy(String eventId, String userId, Optional<String> key) {
        try {
            return database.transaction(connection -> buy(connection, eventId, userId, key));
        } catch (KeyTakenMeanwhile e) {
            // Its transaction is rolled back, stock included; that of the call which came first is committed.
            return database.transaction(connection -> boughtBefore(connection, eventId, userId, key))
                    .orElseThrow(() -> new IllegalStateException("a ticket was refused as a duplicate of none", e));
        }
    }

    private Outcome buy(Connection connection, String eventId, String userId, Optional<String> key)
            throws SQLException {
        Optional<Outcome> before = boughtBefore(connection, eventId, userId, key);
        if (before.isPresent()) {
            return before.get();
        }
        if (takeOne(connection, eventId)) {
            return new Outcome.Bought(insertTicket(connection, eventId, userId, key));
        }
        // The last ticket may have gone to a call with the same key while this one waited for the row.
        Optional<Outcome> meanwhile = boughtBefore(connection, eventId, userId, key);
        if (meanwhile.isPresent()) {
            return meanwhile.get();
        }
        return exists(connection, eventId) ? new Outcome.SoldOut() : new Outcome.UnknownEvent();
    }

    private static Optional<Outcome> boughtBefore(
            Connection connection, String eventId, String userId, Optional<String> key) throws SQLException {
        if (key.isEmpty()) {
            return Optional.empty();
        }
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT id, event_id, created_at FROM tickets WHERE user_id = ? AND idempotency_key = ?")) {
            select.setString(1, userId);
            select.setString(2, key.get());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                if (!row.getString("event_id").equals(eventId)) {
                    return Optional.of(new Outcome.KeyReused());
                }
                return Optional.of(new Outcome.Bought(new TicketRecord(
                        row.getObject("id", UUID.class), eventId, userId, row.getObject("created_at", Instant.class))));
            }
        }
    }

    /** The condition is checked under the lock of the row, which is held until the transaction ends. */
    private static boolean takeOne(Connection connection, String eventId) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE events SET remaining = remaining - 1 WHERE id = ? AND remaining > 0")) {
            update.setString(1, eventId);
            return update.executeUpdate() == 1;
        }
    }

    private TicketRecord insertTicket(Connection connection, String eventId, String userId, Optional<String> key)
            throws SQLException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        TicketRecord ticket = new TicketRecord(UUID.randomUUID(), eventId, userId, now);
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO tickets (id, event_id, user_id, idempotency_key, created_at) VALUES (?, ?, ?, ?, ?)")) {
            insert.setObject(1, ticket.id());
            insert.setString(2, eventId);
            insert.setString(3, userId);
            insert.setString(4, key.orElse(null));
            insert.setObject(5, now);
            insert.executeUpdate();
            return ticket;
        } catch (SQLException e) {
            if (key.isPresent() && DatabaseException.isDuplicate(e)) {
                throw new KeyTakenMeanwhile(e);
            }
            throw e;
        }
    }

    private static boolean exists(Connection connection, String eventId) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT 1 FROM events WHERE id = ?")) {
            select.setString(1, eventId);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Rolls the transaction back. */
    private static final class KeyTakenMeanwhile extends RuntimeException {
        private static final long serialVersionUID = 1L;

        KeyTakenMeanwhile(SQLException cause) {
            super(cause);
        }
    }
}
