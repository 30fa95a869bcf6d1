package io.tollgate.examples.services.user;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.TimeSource;
import io.tollgate.api.token.TokenService;
import io.tollgate.auth.JwtTokenService;
import io.tollgate.examples.services.database.Database;
import io.tollgate.examples.services.server.GrpcServer;
import io.tollgate.examples.services.server.ServiceBuilder;
import io.tollgate.examples.services.server.Workers;
import io.tollgate.grpc.user.RegisterRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A running user service: {@code user.UserService} over gRPC, with its database.
 *
 * <pre>{@code
 * try (UserServiceServer users = UserServiceServer.builder().port(0).jwtSecret(secret).start()) {
 *     connectTo("localhost", users.port());
 * }
 * }</pre>
 */
public final class UserServiceServer implements AutoCloseable {
    /** The port it listens on unless told otherwise. */
    public static final int DEFAULT_PORT = 50051;

    private static final List<String> SCHEMA = Stream.concat(Accounts.SCHEMA.stream(), RefreshFamilyRow.SCHEMA.stream())
            .toList();

    /** How many calls may wait for a connection, before further ones are refused. */
    private static final int QUEUE = 1024;

    private final Database database;
    private final Workers workers;
    private final Passwords passwords;
    private final GrpcServer server;

    private UserServiceServer(Database database, Workers workers, Passwords passwords, GrpcServer server) {
        this.database = database;
        this.workers = workers;
        this.passwords = passwords;
        this.server = server;
    }

    /** A service on port {@value #DEFAULT_PORT} with a new database in memory; only the secret must be given. */
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
        passwords.close();
        workers.close();
        database.close();
    }

    /** What a user service can be told. Not thread-safe. */
    public static final class Builder extends ServiceBuilder<Builder> {
        private final JwtTokenService.Builder tokens = JwtTokenService.builder();
        private boolean secretGiven;
        private boolean issuesTokens = true;
        private PasswordCost passwordCost = PasswordCost.DEFAULT;
        private TimeSource time = TimeSource.system();
        private final List<RegisterRequest> accounts = new ArrayList<>();

        private Builder() {
            super(DEFAULT_PORT, "jdbc:h2:mem:users-" + UUID.randomUUID());
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * The key that access tokens are signed with (HS256); the gateway verifies them with the same.
         *
         * @param secret at least 32 bytes in UTF-8
         */
        public Builder jwtSecret(String secret) {
            tokens.secret(requireNonNull(secret, "secret"));
            secretGiven = true;
            return this;
        }

        /**
         * Whether registrations and logins are answered with tokens; they are by default. Without, no secret is needed,
         * {@code RefreshToken} is not implemented, and a gateway is to issue the tokens.
         */
        public Builder issueTokens(boolean on) {
            issuesTokens = on;
            return this;
        }

        /** The {@code iss} of access tokens; none by default. */
        public Builder issuer(String name) {
            tokens.issuer(name);
            return this;
        }

        /** The {@code aud} of access tokens; none by default. */
        public Builder audience(String name) {
            tokens.audience(name);
            return this;
        }

        /** For how long an access token is good; 15 minutes by default. */
        public Builder accessTokenTtl(Duration ttl) {
            tokens.accessTokenTtl(ttl);
            return this;
        }

        /** How long after a login refreshing ends; 30 days by default. */
        public Builder refreshTokenTtl(Duration ttl) {
            tokens.refreshTokenTtl(ttl);
            return this;
        }

        /** How long a refresh token is good while it is not used; 7 days by default. */
        public Builder refreshTokenIdleTtl(Duration ttl) {
            tokens.refreshTokenIdleTtl(ttl);
            return this;
        }

        /** Adds an account at the start, unless its email or its username is taken. */
        public Builder account(String email, String username, String password) {
            accounts.add(RegisterRequest.newBuilder()
                    .setEmail(email)
                    .setUsername(username)
                    .setPassword(password)
                    .build());
            return this;
        }

        /** What a password's hash costs; hashes of a lower cost are renewed when their user logs in. */
        public Builder passwordCost(PasswordCost cost) {
            passwordCost = requireNonNull(cost, "cost");
            return this;
        }

        /** Sets the clocks; those of the system by default. */
        public Builder time(TimeSource source) {
            time = requireNonNull(source, "source");
            tokens.time(source);
            return this;
        }

        /**
         * Opens the database and starts to listen.
         *
         * @throws IllegalStateException if no secret was given to issue tokens with
         * @throws java.io.UncheckedIOException if the address cannot be listened on
         * @throws io.tollgate.examples.services.database.DatabaseException if the database cannot be opened
         */
        public UserServiceServer start() {
            if (issuesTokens && !secretGiven) {
                throw new IllegalStateException("jwtSecret: missing (expected: at least 32 bytes)");
            }
            Workers workers = new Workers("user-database", Database.CONNECTIONS, QUEUE);
            Passwords passwords = new Passwords(passwordCost);
            Database database = Database.open(databaseUrl(), SCHEMA);
            try {
                Optional<TokenService> tokenService = issuesTokens
                        ? Optional.of(tokens.refreshTokenStore(new JdbcRefreshTokenStore(database, workers, time))
                                .build())
                        : Optional.empty();
                Accounts table = new Accounts(database, time);
                accounts.forEach(account -> add(account, table, passwords));
                UserCalls calls = new UserCalls(table, workers, passwords, tokenService);
                GrpcServer server = GrpcServer.start(address(), drainTimeout(), telemetry(), calls);
                return new UserServiceServer(database, workers, passwords, server);
            } catch (RuntimeException e) {
                database.close();
                throw e;
            }
        }

        private static void add(RegisterRequest account, Accounts table, Passwords passwords) {
            UserRules.check(account);
            if (table.findByEmail(account.getEmail()).isEmpty()) {
                String hash = passwords
                        .hash(account.getPassword())
                        .toCompletableFuture()
                        .join();
                table.add(account.getEmail(), account.getUsername(), hash);
            }
        }
    }
}
