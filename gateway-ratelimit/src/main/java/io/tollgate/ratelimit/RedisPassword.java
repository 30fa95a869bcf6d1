package io.tollgate.ratelimit;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The password of new connections, which may change while others are open. Thread-safe. */
final class RedisPassword {
    private final Supplier<@Nullable String> source;
    private volatile @Nullable String lastSent;

    RedisPassword(Supplier<@Nullable String> source) {
        this.source = source;
    }

    /** Returns the password for a connection that is being made; null if it needs none. */
    @Nullable
    String forConnection() {
        String password = source.get();
        lastSent = password;
        return password;
    }

    /** Returns whether {@code text} repeats the password that was sent last. */
    boolean isIn(String text) {
        String secret = lastSent;
        return secret != null && !secret.isEmpty() && text.contains(secret);
    }
}
