package io.tollgate.auth.keys;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A set of keys in the forms that a source returns, allocated once. */
record Current(KeySet keys, CompletionStage<KeySet> stage, Optional<KeySet> atHand) {
    Current(KeySet keys) {
        this(requireNonNull(keys, "keys"), CompletableFuture.completedStage(keys), Optional.of(keys));
    }
}
