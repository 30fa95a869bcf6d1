package io.tollgate.auth.keys;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Keys that the application sets, and may replace at any time: the next token is issued and verified with the new set. */
public final class LocalKeys implements KeySource {
    private volatile Current current;

    /** Starts with these. */
    public LocalKeys(KeySet keys) {
        this.current = new Current(keys);
    }

    /** From now on these keys and no others are good. */
    public void replace(KeySet keys) {
        this.current = new Current(keys);
    }

    @Override
    public CompletionStage<KeySet> keys(Optional<String> kid) {
        return current.stage();
    }

    @Override
    public Optional<KeySet> atHand(Optional<String> kid) {
        return current.atHand();
    }
}
