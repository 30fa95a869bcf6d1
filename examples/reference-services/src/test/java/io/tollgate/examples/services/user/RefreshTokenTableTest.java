package io.tollgate.examples.services.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CallContext;
import io.tollgate.auth.refresh.RefreshFamily;
import io.tollgate.auth.refresh.RefreshTokenRecord;
import io.tollgate.auth.refresh.RefreshTokenStore;
import io.tollgate.auth.refresh.Rotation;
import io.tollgate.auth.refresh.RotationRequest;
import io.tollgate.examples.services.database.Database;
import io.tollgate.examples.services.server.Workers;
import io.tollgate.testkit.VirtualTime;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That the tables do not grow without end. */
class RefreshTokenTableTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Database database = Database.open("jdbc:h2:mem:" + UUID.randomUUID(), RefreshFamilyRow.SCHEMA);
    private final Workers workers = new Workers("store", 2, 16);

    @AfterEach
    void close() {
        workers.close();
        database.close();
    }

    @Test
    void dropsFamiliesThatHaveEndedWhenOthersStart() throws Exception {
        create(storeAt(START), "old", START.plusSeconds(60));
        create(storeAt(START), "live", START.plus(Duration.ofDays(7)));

        create(storeAt(START.plusSeconds(60)), "new", START.plus(Duration.ofDays(7)));

        assertThat(count("refresh_families")).isEqualTo(2);
    }

    @Test
    void keepsTheLast1024UsedTokensOfAFamily() throws Exception {
        RefreshTokenStore store = storeAt(START);
        create(store, "family", START.plus(Duration.ofDays(7)));
        for (int i = 0; i < 1100; i++) {
            assertThat(use(store, i)).isInstanceOf(Rotation.Rotated.class);
        }

        assertThat(count("used_refresh_tokens")).isEqualTo(1024);
        assertThat(use(store, 10)).isEqualTo(new Rotation.Rejected());
        assertThat(use(store, 100)).isInstanceOf(Rotation.Reused.class);
        assertThat(count("used_refresh_tokens")).isZero();
        assertThat(count("refresh_families")).isZero();
    }

    private RefreshTokenStore storeAt(Instant time) {
        return new JdbcRefreshTokenStore(database, workers, new VirtualTime(time));
    }

    private static void create(RefreshTokenStore store, String id, Instant firstExpiresAt) throws Exception {
        RefreshFamily family = new RefreshFamily(id, "user", "{}", START.plus(Duration.ofDays(30)));
        await(store.create(family, new RefreshTokenRecord(hash(0), firstExpiresAt), CallContext.create()));
    }

    private static Rotation use(RefreshTokenStore store, int number) throws Exception {
        return await(store.rotate(
                new RotationRequest(
                        "family",
                        hash(number),
                        new RefreshTokenRecord(hash(number + 1), START.plus(Duration.ofDays(7))),
                        Optional.empty(),
                        START,
                        Duration.ZERO),
                CallContext.create()));
    }

    private static String hash(int number) {
        return String.format("%043d", number);
    }

    private int count(String table) {
        return database.transaction(connection -> {
            try (PreparedStatement select = connection.prepareStatement("SELECT COUNT(*) FROM " + table);
                    ResultSet row = select.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        });
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
