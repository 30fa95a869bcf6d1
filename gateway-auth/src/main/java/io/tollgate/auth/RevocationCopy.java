package io.tollgate.auth;

import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Revoked tokens in this process's memory, each until its end. Thread-safe. */
final class RevocationCopy {
    private final ConcurrentMap<String, Instant> untilById = new ConcurrentHashMap<>();

    void add(String tokenId, Instant until) {
        untilById.merge(tokenId, until, (a, b) -> a.isAfter(b) ? a : b);
    }

    boolean contains(String tokenId) {
        return untilById.containsKey(tokenId);
    }

    void dropEndedBy(Instant now) {
        untilById.values().removeIf(until -> !now.isBefore(until));
    }

    int size() {
        return untilById.size();
    }
}
