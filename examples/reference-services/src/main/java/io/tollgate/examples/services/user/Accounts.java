package io.tollgate.examples.services.user;

import io.tollgate.api.TimeSource;
import io.tollgate.examples.services.database.Database;
import io.tollgate.examples.services.database.DatabaseException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** The table of accounts. An email is unique whatever its case; it is shown as it was given. Methods block. */
final class Accounts {
    static final List<String> SCHEMA = List.of("""
            CREATE TABLE IF NOT EXISTS accounts (
                id UUID PRIMARY KEY,
                email VARCHAR(254) NOT NULL,
                email_key VARCHAR(1024) NOT NULL,
                username VARCHAR(100) NOT NULL,
                password_hash VARCHAR(255) NOT NULL,
                created_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
                updated_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
                CONSTRAINT accounts_email UNIQUE (email_key),
                CONSTRAINT accounts_username UNIQUE (username))""");

    private final Database database;
    private final TimeSource time;

    Accounts(Database database, TimeSource time) {
        this.database = database;
        this.time = time;
    }

    /** Adds an account; empty if the email or the username is taken, which only the database can tell without a race. */
    Optional<Account> add(String email, String username, String passwordHash) {
        Instant now = now();
        Account account = new Account(UUID.randomUUID(), email, username, passwordHash, now, now);
        return database.transaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO accounts (id, email, email_key, username, password_hash, created_at, updated_at)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?)")) {
                insert.setObject(1, account.id());
                insert.setString(2, email);
                insert.setString(3, keyOf(email));
                insert.setString(4, username);
                insert.setString(5, passwordHash);
                insert.setObject(6, now);
                insert.setObject(7, now);
                insert.executeUpdate();
                return Optional.of(account);
            } catch (SQLException e) {
                if (DatabaseException.isDuplicate(e)) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    Optional<Account> findByEmail(String email) {
        return database.transaction(connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT id, email, username, password_hash, created_at, updated_at FROM accounts"
                            + " WHERE email_key = ?")) {
                select.setString(1, keyOf(email));
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? Optional.of(accountOf(row)) : Optional.empty();
                }
            }
        });
    }

    /** Replaces a hash by one of another cost, unless somebody else has changed it. */
    void replaceHash(Account account, String newHash) {
        database.transaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE accounts SET password_hash = ?, updated_at = ? WHERE id = ? AND password_hash = ?")) {
                update.setString(1, newHash);
                update.setObject(2, now());
                update.setObject(3, account.id());
                update.setString(4, account.passwordHash());
                return update.executeUpdate();
            }
        });
    }

    private static Account accountOf(ResultSet row) throws SQLException {
        return new Account(
                row.getObject("id", UUID.class),
                row.getString("email"),
                row.getString("username"),
                row.getString("password_hash"),
                row.getObject("created_at", Instant.class),
                row.getObject("updated_at", Instant.class));
    }

    private static String keyOf(String email) {
        return email.toLowerCase(Locale.ROOT);
    }

    /** As exact as the column, so that an account is the same when it is read again. */
    private Instant now() {
        return time.now().truncatedTo(ChronoUnit.MICROS);
    }
}
