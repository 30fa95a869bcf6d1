package io.tollgate.examples.services.database;

import static java.util.Objects.requireNonNull;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;

/** An embedded H2 database and the pool of connections to it. Thread-safe; its methods block. */
public final class Database implements AutoCloseable {
    /** The number of connections, and so of transactions at a time. */
    public static final int CONNECTIONS = 8;

    private static final String PREFIX = "jdbc:h2:";

    /** Stays open because a database in memory is gone with its last connection, and a pool may replace all of its own. */
    private final Connection anchor;

    private final HikariDataSource pool;

    private Database(Connection anchor, HikariDataSource pool) {
        this.anchor = anchor;
        this.pool = pool;
    }

    /**
     * Opens a database, creating it where there is none, and runs the schema's statements, which must be repeatable.
     *
     * @param url {@code jdbc:h2:mem:NAME} or {@code jdbc:h2:file:PATH}, settings of H2 may follow after {@code ;}
     * @throws DatabaseException if it cannot be opened, as when another process has the file
     */
    public static Database open(String url, List<String> schema) {
        requireNonNull(schema, "schema");
        String fullUrl = withoutShutdownHook(requireH2(url));
        Connection anchor = null;
        HikariDataSource pool = null;
        try {
            anchor = DriverManager.getConnection(fullUrl);
            try (Statement statement = anchor.createStatement()) {
                for (String one : schema) {
                    statement.execute(one);
                }
            }
            pool = new HikariDataSource(poolOf(fullUrl));
            return new Database(anchor, pool);
        } catch (SQLException | RuntimeException e) {
            DatabaseException failure = new DatabaseException("cannot open database " + withoutSettings(url), e);
            closeAll(failure, pool, anchor);
            throw failure;
        }
    }

    /** Checks that this is the URL of an H2 database. */
    public static String requireH2(String url) {
        if (!requireNonNull(url, "url").startsWith(PREFIX)
                || withoutSettings(url).equals(PREFIX)) {
            throw new IllegalArgumentException("\"" + withoutSettings(url)
                    + "\" (expected: jdbc:h2:mem:NAME or jdbc:h2:file:PATH with an absolute path, or one that starts"
                    + " with ./ or ~/)");
        }
        return url;
    }

    /** The URL without its settings, which may hold a password: for people to read. */
    public static String withoutSettings(String url) {
        int settings = url.indexOf(';');
        return settings < 0 ? url : url.substring(0, settings);
    }

    /**
     * Runs {@code work} in one transaction (read committed), which is committed if it returns and rolled back if it
     * throws.
     *
     * @throws DatabaseException if the database fails, or stays busy for longer than 2 s
     */
    public <T> T transaction(Work<T> work) {
        try (Connection connection = pool.getConnection()) {
            try {
                T result = work.in(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException | Error e) {
                rollBack(connection, e);
                throw e;
            }
        } catch (SQLException e) {
            throw new DatabaseException("transaction failed", e);
        }
    }

    /** Closes the connections; the file can then be opened by another. Idempotent. */
    @Override
    public void close() {
        DatabaseException failure = new DatabaseException("cannot close the database", null);
        closeAll(failure, pool, anchor);
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }

    private static HikariConfig poolOf(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setPoolName(withoutSettings(url));
        config.setMaximumPoolSize(CONNECTIONS);
        config.setAutoCommit(false);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setConnectionTimeout(2_000);
        return config;
    }

    /** H2's own shutdown hook would close the database while calls are still being drained. */
    private static String withoutShutdownHook(String url) {
        return url.toUpperCase(Locale.ROOT).contains(";DB_CLOSE_ON_EXIT=") ? url : url + ";DB_CLOSE_ON_EXIT=FALSE";
    }

    private static void rollBack(Connection connection, Throwable cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private static void closeAll(Exception failure, AutoCloseable... resources) {
        for (AutoCloseable resource : resources) {
            if (resource != null) {
                try {
                    resource.close();
                } catch (Exception e) {
                    failure.addSuppressed(e);
                }
            }
        }
    }

    /** What is done in one transaction. */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it, on a connection that is not to be closed, committed or kept. */
        T in(Connection connection) throws SQLException;
    }
}
