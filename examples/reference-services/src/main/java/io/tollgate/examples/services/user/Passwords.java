package io.tollgate.examples.services.user;

import io.tollgate.examples.services.server.Workers;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;

/** Argon2id hashes of passwords (RFC 9106), computed on threads of their own because each takes tens of milliseconds. */
final class Passwords implements AutoCloseable {
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final int LANES = 1;

    /** How many may wait for each thread: about a second at the default cost, which a login can bear. */
    private static final int WAITING_PER_THREAD = 32;

    private final Argon2PasswordEncoder argon2;
    private final Workers workers;
    private final String nobodysHash;

    Passwords(PasswordCost cost) {
        argon2 = new Argon2PasswordEncoder(SALT_BYTES, HASH_BYTES, LANES, cost.memoryKib(), cost.iterations());
        int threads = Runtime.getRuntime().availableProcessors();
        workers = new Workers("password", threads, threads * WAITING_PER_THREAD);
        nobodysHash = argon2.encode(UUID.randomUUID().toString());
    }

    CompletionStage<String> hash(String password) {
        return workers.submit(() -> argon2.encode(password));
    }

    /**
     * Checks a password; one for an account that does not exist too, so that the time it takes tells nothing.
     *
     * @return empty if it does not match
     */
    CompletionStage<Optional<Match>> check(String password, Optional<Account> account) {
        return workers.submit(() -> {
            String hash = account.map(Account::passwordHash).orElse(nobodysHash);
            boolean matches = argon2.matches(password, hash);
            return account.filter(known -> matches).map(known -> new Match(known, argon2.upgradeEncoding(hash)));
        });
    }

    @Override
    public void close() {
        workers.close();
    }

    /**
     * A password that is right.
     *
     * @param outdated whether its hash was made at a lower cost than today's
     */
    record Match(Account account, boolean outdated) {}
}
