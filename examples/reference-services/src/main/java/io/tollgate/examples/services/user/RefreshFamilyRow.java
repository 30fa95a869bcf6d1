package io.tollgate.examples.services.user;

import io.tollgate.auth.refresh.RefreshFamily;
import io.tollgate.auth.refresh.RefreshTokenRecord;
import io.tollgate.auth.refresh.RotationRequest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table of families, locked until the transaction ends, and the statements on it. The tokens that a family
 * has used are rows of their own, of which the last {@value #USED_TOKENS_KEPT} are kept.
 */
record RefreshFamilyRow(
        RefreshFamily family,
        String currentHash,
        Instant currentExpiresAt,
        @Nullable String previousHash,
        @Nullable String sealedCurrent,
        @Nullable Instant rotatedAt,
        long rotations) {
    static final int USED_TOKENS_KEPT = 1024;

    static final List<String> SCHEMA = List.of(
            """
            CREATE TABLE IF NOT EXISTS refresh_families (
                id VARCHAR(64) PRIMARY KEY,
                user_id VARCHAR(255) NOT NULL,
                principal VARCHAR NOT NULL,
                expires_at TIMESTAMP(9) WITH TIME ZONE NOT NULL,
                current_hash VARCHAR(43) NOT NULL,
                current_expires_at TIMESTAMP(9) WITH TIME ZONE NOT NULL,
                previous_hash VARCHAR(43),
                sealed_current VARCHAR(256),
                rotated_at TIMESTAMP(9) WITH TIME ZONE,
                rotations BIGINT NOT NULL)""",
            "CREATE INDEX IF NOT EXISTS refresh_families_of_user ON refresh_families (user_id)",
            "CREATE INDEX IF NOT EXISTS refresh_families_by_end ON refresh_families (current_expires_at)",
            """
            CREATE TABLE IF NOT EXISTS used_refresh_tokens (
                family_id VARCHAR(64) NOT NULL REFERENCES refresh_families (id) ON DELETE CASCADE,
                slot INTEGER NOT NULL,
                hash VARCHAR(43) NOT NULL,
                PRIMARY KEY (family_id, slot))""");

    static void insert(Connection connection, RefreshFamily family, RefreshTokenRecord first) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO refresh_families (id, user_id, principal, expires_at, current_hash, current_expires_at,"
                        + " rotations) VALUES (?, ?, ?, ?, ?, ?, 0)")) {
            insert.setString(1, family.id());
            insert.setString(2, family.userId());
            insert.setString(3, family.principal());
            insert.setObject(4, family.expiresAt());
            insert.setString(5, first.hash());
            insert.setObject(6, first.expiresAt());
            insert.executeUpdate();
        }
    }

    /** Waits for whoever has the row; null if there is none, or none any more. */
    static @Nullable RefreshFamilyRow lock(Connection connection, String familyId) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT * FROM refresh_families WHERE id = ? FOR UPDATE")) {
            select.setString(1, familyId);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                RefreshFamily family = new RefreshFamily(
                        familyId,
                        row.getString("user_id"),
                        row.getString("principal"),
                        row.getObject("expires_at", Instant.class));
                return new RefreshFamilyRow(
                        family,
                        row.getString("current_hash"),
                        row.getObject("current_expires_at", Instant.class),
                        row.getString("previous_hash"),
                        row.getString("sealed_current"),
                        row.getObject("rotated_at", Instant.class),
                        row.getLong("rotations"));
            }
        }
    }

    void replaceCurrent(Connection connection, RotationRequest request, Instant rotatedAt) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE refresh_families SET current_hash = ?, current_expires_at = ?, previous_hash = ?,"
                        + " sealed_current = ?, rotated_at = ?, rotations = rotations + 1 WHERE id = ?")) {
            update.setString(1, request.successor().hash());
            update.setObject(2, request.successor().expiresAt());
            update.setString(3, currentHash);
            update.setString(4, request.sealedSuccessor().orElse(null));
            update.setObject(5, rotatedAt);
            update.setString(6, family.id());
            update.executeUpdate();
        }
        try (PreparedStatement merge = connection.prepareStatement(
                "MERGE INTO used_refresh_tokens (family_id, slot, hash) KEY (family_id, slot) VALUES (?, ?, ?)")) {
            merge.setString(1, family.id());
            merge.setInt(2, (int) (rotations % USED_TOKENS_KEPT));
            merge.setString(3, currentHash);
            merge.executeUpdate();
        }
    }

    boolean wasUsed(Connection connection, String hash) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT 1 FROM used_refresh_tokens WHERE family_id = ? AND hash = ?")) {
            select.setString(1, family.id());
            select.setString(2, hash);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    void delete(Connection connection) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM refresh_families WHERE id = ?")) {
            delete.setString(1, family.id());
            delete.executeUpdate();
        }
    }

    /** Once its current token has ended unused, nobody can do anything with a family. */
    static void deleteEnded(Connection connection, Instant now) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM refresh_families WHERE current_expires_at <= ?")) {
            delete.setObject(1, now);
            delete.executeUpdate();
        }
    }
}
