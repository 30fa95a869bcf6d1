package io.tollgate.examples.services.server;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** A row that somebody else has locked, so that whoever comes next is surely at work at the same time. */
public final class HeldRow implements AutoCloseable {
    private final Connection connection;

    private HeldRow(Connection connection) {
        this.connection = connection;
    }

    /** Locks the rows where {@code condition} holds. The URL should let others wait long enough. */
    public static HeldRow of(String databaseUrl, String table, String condition) throws SQLException {
        Connection connection = DriverManager.getConnection(databaseUrl);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.executeQuery("SELECT * FROM " + table + " WHERE " + condition + " FOR UPDATE");
        }
        return new HeldRow(connection);
    }

    /** Waits until that many transactions wait for a lock. */
    public void awaitWaiting(int transactions) {
        await().atMost(Duration.ofSeconds(60)).until(() -> waiting() == transactions);
    }

    public void release() throws SQLException {
        connection.rollback();
    }

    private int waiting() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT COUNT(*) FROM information_schema.sessions WHERE blocker_id IS NOT NULL")) {
            row.next();
            return row.getInt(1);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
