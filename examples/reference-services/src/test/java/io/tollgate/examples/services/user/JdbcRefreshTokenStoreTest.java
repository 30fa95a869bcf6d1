package io.tollgate.examples.services.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.CallContext;
import io.tollgate.api.TimeSource;
import io.tollgate.auth.refresh.RefreshFamily;
import io.tollgate.auth.refresh.RefreshTokenRecord;
import io.tollgate.auth.refresh.RefreshTokenStore;
import io.tollgate.auth.refresh.Rotation;
import io.tollgate.auth.refresh.RotationRequest;
import io.tollgate.auth.testkit.RefreshTokenStoreContract;
import io.tollgate.examples.services.database.Database;
import io.tollgate.examples.services.server.HeldRow;
import io.tollgate.examples.services.server.Workers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JdbcRefreshTokenStoreTest extends RefreshTokenStoreContract {
    private static final String DATABASE = "jdbc:h2:mem:" + UUID.randomUUID() + ";LOCK_TIMEOUT=60000";
    private static final Instant NOW = Instant.parse("2100-01-01T00:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(60);

    private static Database database;
    private static Workers workers;

    @BeforeAll
    static void open() {
        database = Database.open(DATABASE, RefreshFamilyRow.SCHEMA);
        workers = new Workers("store", Database.CONNECTIONS, 1024);
    }

    @AfterAll
    static void close() {
        workers.close();
        database.close();
    }

    @Override
    protected RefreshTokenStore store() {
        return new JdbcRefreshTokenStore(database, workers, TimeSource.system());
    }

    @Test
    void rotatesOnceWhenEveryConnectionWaitsForTheSameFamily() throws Exception {
        RefreshTokenStore store = store();
        String family = "family-that-is-held---";
        store.create(new RefreshFamily(family, "held", "{}", LATER), token(0), CallContext.create())
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        List<CompletionStage<Rotation>> uses = new ArrayList<>();
        try (HeldRow held = HeldRow.of(DATABASE, "refresh_families", "id = '" + family + "'")) {
            for (int i = 1; i <= Database.CONNECTIONS; i++) {
                uses.add(store.rotate(
                        new RotationRequest(family, token(0).hash(), token(i), Optional.empty(), NOW, Duration.ZERO),
                        CallContext.create()));
            }
            held.awaitWaiting(Database.CONNECTIONS);
            held.release();
        }

        List<Rotation> outcomes = new ArrayList<>();
        for (CompletionStage<Rotation> use : uses) {
            outcomes.add(use.toCompletableFuture().get(60, TimeUnit.SECONDS));
        }
        assertThat(outcomes).filteredOn(Rotation.Rotated.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(Rotation.Reused.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(Rotation.Rejected.class::isInstance).hasSize(Database.CONNECTIONS - 2);
    }

    private static RefreshTokenRecord token(int number) {
        return new RefreshTokenRecord(String.format("%043d", number), LATER);
    }
}
