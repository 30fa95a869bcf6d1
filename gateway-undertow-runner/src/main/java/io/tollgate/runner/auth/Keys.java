package io.tollgate.runner.auth;

import io.tollgate.api.TimeSource;
import io.tollgate.auth.keys.FileKeys;
import io.tollgate.auth.keys.KeyFile;
import io.tollgate.auth.keys.KeyQuery;
import io.tollgate.auth.keys.KeySet;
import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.RemoteKeys;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.config.Secret;
import io.tollgate.runner.config.GatewayConfig.Jwt;
import io.tollgate.runner.config.GatewayConfig.JwtKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The keys that a configuration names: the one that signs first, those of a URL last. */
final class Keys implements AutoCloseable {
    private static final CompletionStage<KeySet> NONE = CompletableFuture.completedStage(KeySet.of());

    private final Jwt config;
    private final TimeSource time;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final KeySource own;
    private @Nullable RemoteKeys remote;
    private final KeySource all;

    /** Reads key files, which blocks. */
    Keys(Jwt config, TimeSource time) {
        this.config = config;
        this.time = time;
        try {
            List<KeySource> sources = new ArrayList<>();
            config.keys().stream().filter(JwtKey::signs).forEach(key -> sources.add(source(key)));
            config.secretKey()
                    .ifPresent(secret ->
                            sources.add(KeySource.fixed(TokenKey.secret(config.algorithm(), secret.bytes()))));
            config.keys().stream().filter(key -> !key.signs()).forEach(key -> sources.add(source(key)));
            this.own = together(sources);
            config.jwks().url().ifPresent(url -> {
                RemoteKeys published = RemoteKeys.builder()
                        .uri(url)
                        .refreshInterval(config.jwks().refresh())
                        .maxStaleness(config.jwks().maxStaleness())
                        .time(time)
                        .build();
                remote = published;
                open.add(published);
                sources.add(published);
            });
            this.all = together(sources);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Whatever verifies. */
    KeySource all() {
        return all;
    }

    /** Returns the public keys of the configuration, without those of {@code jwt.jwks_url}, in JSON. */
    CompletionStage<String> published() {
        return own.keys(KeyQuery.any()).thenApply(KeySet::toPublicJwks);
    }

    /** Returns the keys that are fetched from {@code jwt.jwks_url}, if it is set. */
    Optional<RemoteKeys> remote() {
        return Optional.ofNullable(remote);
    }

    /** Returns the state of the keys. */
    KeyState state() {
        RemoteKeys published = remote;
        return new KeyState(count(own), published == null ? OptionalInt.empty() : OptionalInt.of(count(published)));
    }

    /** The keys that {@code source} has at hand. */
    private static int count(KeySource source) {
        CompletableFuture<KeySet> keys = source.keys(KeyQuery.any()).toCompletableFuture();
        return keys.isDone() && !keys.isCompletedExceptionally()
                ? keys.join().keys().size()
                : 0;
    }

    private KeySource source(JwtKey key) {
        KeySource source = key.secret().map(secret -> secret(key, secret)).orElseGet(() -> file(key));
        return key.retireAt().map(at -> until(at, source)).orElse(source);
    }

    private static KeySource secret(JwtKey key, Secret secret) {
        TokenKey token = TokenKey.secret(key.secretAlgorithm(), secret.bytes());
        return KeySource.fixed(key.kid().map(token::withKid).orElse(token));
    }

    private KeySource file(JwtKey key) {
        FileKeys file = FileKeys.builder()
                .file(new KeyFile(key.file().orElseThrow(), key.algorithm(), key.kid()))
                .checkInterval(config.keyFileRefresh())
                .build();
        open.add(file);
        return file;
    }

    private KeySource until(Instant retireAt, KeySource source) {
        return query -> time.now().isBefore(retireAt) ? source.keys(query) : NONE;
    }

    private static KeySource together(List<KeySource> sources) {
        return switch (sources.size()) {
            case 0 -> query -> NONE;
            case 1 -> sources.get(0);
            default -> KeySource.all(sources.toArray(KeySource[]::new));
        };
    }

    @Override
    public void close() {
        Closing.all(open);
    }
}
