package io.tollgate.examples.services.user;

import io.tollgate.auth.RefreshTokenStore;
import io.tollgate.auth.RefreshTokenStoreContract;
import io.tollgate.examples.services.database.Database;
import io.tollgate.examples.services.server.Workers;
import java.time.Clock;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class JdbcRefreshTokenStoreTest extends RefreshTokenStoreContract {
    private static Database database;
    private static Workers workers;

    @BeforeAll
    static void open() {
        database = Database.open("jdbc:h2:mem:" + UUID.randomUUID(), RefreshFamilyRow.SCHEMA);
        workers = new Workers("store", Database.CONNECTIONS, 1024);
    }

    @AfterAll
    static void close() {
        workers.close();
        database.close();
    }

    @Override
    protected RefreshTokenStore store() {
        return new JdbcRefreshTokenStore(database, workers, Clock.systemUTC());
    }
}
