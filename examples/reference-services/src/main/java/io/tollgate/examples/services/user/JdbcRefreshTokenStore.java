package io.tollgate.examples.services.user;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import io.tollgate.api.CallContext;
import io.tollgate.api.TimeSource;
import io.tollgate.auth.refresh.RefreshFamily;
import io.tollgate.auth.refresh.RefreshTokenRecord;
import io.tollgate.auth.refresh.RefreshTokenStore;
import io.tollgate.auth.refresh.Rotation;
import io.tollgate.auth.refresh.RotationRequest;
import io.tollgate.examples.services.database.Database;
import io.tollgate.examples.services.server.Workers;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

/** Families of refresh tokens in the database. Each use of a token holds the lock of its family's row. */
final class JdbcRefreshTokenStore implements RefreshTokenStore {
    private static final Duration TIME_BETWEEN_PURGES = Duration.ofMinutes(10);

    private final Database database;
    private final Workers workers;
    private final TimeSource time;
    private final AtomicReference<Instant> nextPurge;

    JdbcRefreshTokenStore(Database database, Workers workers, TimeSource time) {
        this.database = database;
        this.workers = workers;
        this.time = time;
        this.nextPurge = new AtomicReference<>(time.now());
    }

    @Override
    public CompletionStage<Void> create(RefreshFamily family, RefreshTokenRecord first, CallContext context) {
        requireNonNull(family, "family");
        requireNonNull(first, "first");
        return inTransaction(context, connection -> {
            purgeNowAndThen(connection);
            RefreshFamilyRow.insert(connection, family, first);
            return null;
        });
    }

    @Override
    public CompletionStage<Rotation> rotate(RotationRequest request, CallContext context) {
        requireNonNull(request, "request");
        return inTransaction(context, connection -> rotate(connection, request));
    }

    @Override
    public CompletionStage<Void> revoke(String familyId, String tokenHash) {
        requireNonNull(familyId, "familyId");
        requireNonNull(tokenHash, "tokenHash");
        return inTransaction(CallContext.create(), connection -> {
            RefreshFamilyRow row = RefreshFamilyRow.lock(connection, familyId);
            if (row != null && (sameHash(row.currentHash(), tokenHash) || row.wasUsed(connection, tokenHash))) {
                row.delete(connection);
            }
            return null;
        });
    }

    @Override
    public CompletionStage<Void> revokeAll(String userId) {
        requireNonNull(userId, "userId");
        return inTransaction(CallContext.create(), connection -> {
            try (PreparedStatement delete =
                    connection.prepareStatement("DELETE FROM refresh_families WHERE user_id = ?")) {
                delete.setString(1, userId);
                delete.executeUpdate();
                return null;
            }
        });
    }

    private Rotation rotate(Connection connection, RotationRequest request) throws SQLException {
        RefreshFamilyRow row = RefreshFamilyRow.lock(connection, request.familyId());
        // After the wait for the lock, which is not part of the grace, and by the clock of the one process that has the
        // database.
        Instant now = time.now();
        if (row == null || !request.now().isBefore(row.family().expiresAt())) {
            return new Rotation.Rejected();
        }
        if (sameHash(row.currentHash(), request.presentedHash())) {
            if (!request.now().isBefore(row.currentExpiresAt())) {
                return new Rotation.Rejected();
            }
            row.replaceCurrent(connection, request, now);
            return new Rotation.Rotated(row.family());
        }
        if (canRepeat(row, request, now)) {
            return new Rotation.Repeated(row.family(), requireNonNull(row.sealedCurrent()));
        }
        if (row.wasUsed(connection, request.presentedHash())) {
            row.delete(connection);
            return new Rotation.Reused(row.family());
        }
        return new Rotation.Rejected();
    }

    private static boolean canRepeat(RefreshFamilyRow row, RotationRequest request, Instant now) {
        return row.previousHash() != null
                && row.rotatedAt() != null
                && row.sealedCurrent() != null
                && sameHash(row.previousHash(), request.presentedHash())
                && now.isBefore(row.rotatedAt().plus(request.grace()));
    }

    private static boolean sameHash(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(US_ASCII), b.getBytes(US_ASCII));
    }

    /** Logins make the table grow, so it is logins that keep it from growing without end. */
    private void purgeNowAndThen(Connection connection) throws SQLException {
        Instant now = time.now();
        Instant due = nextPurge.get();
        if (!now.isBefore(due) && nextPurge.compareAndSet(due, now.plus(TIME_BETWEEN_PURGES))) {
            RefreshFamilyRow.deleteEnded(connection, now);
        }
    }

    private <T> CompletionStage<T> inTransaction(CallContext context, Database.Work<T> work) {
        return workers.submit(() -> {
            context.ended().ifPresent(ended -> {
                throw ended;
            });
            return database.transaction(work);
        });
    }
}
