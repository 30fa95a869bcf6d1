package io.tollgate.runner.guard;

import io.tollgate.api.token.AccessToken;
import io.tollgate.api.token.TokenVerifier;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what a real verifier verifies. */
record Counting(TokenVerifier real, AtomicInteger verified) implements TokenVerifier {
    @Override
    public CompletionStage<AccessToken> verify(String token) {
        verified.incrementAndGet();
        return real.verify(token);
    }

    @Override
    public Optional<AccessToken> cached(String token) {
        return real.cached(token);
    }

    @Override
    public boolean isCostly(String token) {
        return real.isCostly(token);
    }
}
