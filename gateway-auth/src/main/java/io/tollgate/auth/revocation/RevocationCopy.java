package io.tollgate.auth.revocation;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Holds revoked tokens in memory, each until its end. Thread-safe. */
final class RevocationCopy {
    private final ConcurrentMap<String, Instant> untilById = new ConcurrentHashMap<>();

    /** Returns the error of a revocation for which there is no room. */
    static GatewayException full(int maxTokens) {
        return GatewayException.builder(
                        CommonError.SERVICE_UNAVAILABLE, "Tokens cannot be processed at the moment, try again later.")
                .cause(new IllegalStateException(
                        "maxTokens: " + maxTokens + " revoked tokens, all of which are still valid"))
                .build();
    }

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
