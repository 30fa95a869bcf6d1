package io.tollgate.auth.keys;

import static java.util.Objects.requireNonNull;

import io.tollgate.auth.settings.Settings;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Holds keys that the application sets, and may replace at any time: the next token is issued and verified with the new
 * set.
 */
public final class LocalKeys implements KeySource {
    private volatile Current current;

    LocalKeys(KeySet keys) {
        this.current = new Current(keys);
    }

    /** Starts a builder; only the keys must be set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Replaces the keys: from now on only these are valid. */
    public void replace(KeySet keys) {
        this.current = new Current(keys);
    }

    @Override
    public CompletionStage<KeySet> keys(KeyQuery query) {
        return current.stage();
    }

    @Override
    public Optional<KeySet> atHand(KeyQuery query) {
        return current.atHand();
    }

    /** Collects the settings. Not thread-safe. */
    public static final class Builder {
        private @Nullable KeySet keys;

        private Builder() {}

        /** Sets the keys to start with. */
        public Builder keys(KeySet first) {
            this.keys = requireNonNull(first, "first");
            return this;
        }

        /** Sets the keys to start with; the first that can sign signs. */
        public Builder keys(TokenKey... first) {
            return keys(KeySet.of(first));
        }

        /**
         * Returns the source.
         *
         * @throws IllegalStateException if the keys are unset
         */
        public LocalKeys build() {
            return new LocalKeys(Settings.required("keys", keys, "keys(...) before build()"));
        }
    }
}
