package io.tollgate.auth.revocation;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Holds revoked tokens in memory, each until its end. Thread-safe. */
final class RevocationCopy {
    /** Ids have 43 characters. A longer one is not from us, and must not fill the memory. */
    static final int MAX_ID_LENGTH = 64;

    private final ConcurrentMap<String, Instant> untilById = new ConcurrentHashMap<>();

    /** Returns the error of a revocation for which there is no room. */
    static GatewayException full(int maxTokens) {
        return GatewayException.builder(
                        CommonError.SERVICE_UNAVAILABLE, "Tokens cannot be processed at the moment, try again later.")
                .cause(new IllegalStateException(
                        "maxTokens: " + maxTokens + " revoked tokens, all of which are still valid"))
                .build();
    }

    /** Returns the id, if it is short enough to be kept. */
    static String requireId(String tokenId) {
        if (requireNonNull(tokenId, "tokenId").length() > MAX_ID_LENGTH) {
            throw new IllegalArgumentException(
                    "tokenId: " + tokenId.length() + " characters (expected: at most " + MAX_ID_LENGTH + ")");
        }
        return tokenId;
    }

    void add(String tokenId, Instant until) {
        untilById.merge(tokenId, until, (a, b) -> a.isAfter(b) ? a : b);
    }

    /** Adds the tokens of another copy, as long as there are fewer than {@code maxTokens}; returns whether all were. */
    boolean addAll(RevocationCopy other, int maxTokens) {
        for (Map.Entry<String, Instant> token : other.untilById.entrySet()) {
            if (untilById.size() >= maxTokens && !untilById.containsKey(token.getKey())) {
                return false;
            }
            add(token.getKey(), token.getValue());
        }
        return true;
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
