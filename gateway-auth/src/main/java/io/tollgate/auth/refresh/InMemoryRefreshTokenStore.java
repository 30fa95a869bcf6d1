package io.tollgate.auth.refresh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import io.tollgate.api.CallContext;
import io.tollgate.api.GatewayException;
import io.tollgate.api.TimeSource;
import io.tollgate.auth.settings.Settings;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Keeps families of refresh tokens in the heap of one process: for tests, for development, and for a service of one
 * instance whose users may log in again after a restart. Stages are complete when returned.
 *
 * <p>The number of families is limited: beyond it the least recently used one is dropped, which logs its user out. A user
 * has at most {@value #MAX_FAMILIES_PER_USER}; one more ends the oldest, so that one user cannot log all others out.
 */
public final class InMemoryRefreshTokenStore implements RefreshTokenStore {
    static final int MAX_FAMILIES_PER_USER = 100;

    private static final Rotation REJECTED = new Rotation.Rejected();

    private final int maxFamilies;
    private final TimeSource time;

    /** The families by id, least recently used first; guarded by this, as are all other fields. */
    private final LinkedHashMap<String, Family> families = new LinkedHashMap<>(16, 0.75f, true);

    private final Map<String, Set<String>> familiesOfUser = new HashMap<>();

    private InMemoryRefreshTokenStore(Builder builder) {
        this.maxFamilies = builder.maxFamilies;
        this.time = builder.time;
    }

    /** Starts a builder; every setting has a default. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public synchronized CompletionStage<Void> create(
            RefreshFamily family, RefreshTokenRecord first, CallContext context) {
        Optional<GatewayException> ended = context.ended();
        if (ended.isPresent()) {
            return CompletableFuture.failedStage(ended.get());
        }
        dropExpired(time.now());
        if (families.putIfAbsent(family.id(), new Family(family, requireNonNull(first, "first"))) != null) {
            return CompletableFuture.failedStage(
                    new IllegalStateException("id: a family with this id exists (expected: a new id)"));
        }
        Set<String> ofUser = familiesOfUser.computeIfAbsent(family.userId(), user -> new LinkedHashSet<>(2));
        ofUser.add(family.id());
        if (ofUser.size() > MAX_FAMILIES_PER_USER) {
            String oldest = ofUser.iterator().next();
            families.remove(oldest);
            ofUser.remove(oldest);
        }
        if (families.size() > maxFamilies) {
            drop(families.values().iterator().next());
        }
        return CompletableFuture.completedStage(null);
    }

    @Override
    public synchronized CompletionStage<Rotation> rotate(RotationRequest request, CallContext context) {
        Optional<GatewayException> ended = context.ended();
        return ended.isPresent()
                ? CompletableFuture.failedStage(ended.get())
                : CompletableFuture.completedStage(decide(request));
    }

    private Rotation decide(RotationRequest request) {
        Family family = families.get(request.familyId());
        if (family == null) {
            return REJECTED;
        }
        if (!request.now().isBefore(family.info.expiresAt())) {
            drop(family);
            return REJECTED;
        }
        if (sameHash(family.current.hash(), request.presentedHash())) {
            if (!request.now().isBefore(family.current.expiresAt())) {
                return REJECTED;
            }
            family.replaceCurrent(request);
            return new Rotation.Rotated(family.info);
        }
        if (family.canRepeat(request)) {
            return new Rotation.Repeated(family.info, requireNonNull(family.sealedCurrent));
        }
        if (family.used.contains(request.presentedHash())) {
            drop(family);
            return new Rotation.Reused(family.info);
        }
        return REJECTED;
    }

    @Override
    public synchronized CompletionStage<Void> revoke(String familyId, String tokenHash) {
        Family family = families.get(familyId);
        if (family != null && (sameHash(family.current.hash(), tokenHash) || family.used.contains(tokenHash))) {
            drop(family);
        }
        return CompletableFuture.completedStage(null);
    }

    @Override
    public synchronized CompletionStage<Void> revokeAll(String userId) {
        Set<String> ids = familiesOfUser.remove(requireNonNull(userId, "userId"));
        if (ids != null) {
            families.keySet().removeAll(ids);
        }
        return CompletableFuture.completedStage(null);
    }

    /** Returns the number of families, including expired ones that were not dropped yet. */
    public synchronized int size() {
        return families.size();
    }

    /** Returns the number of users with families, which are all that the index has. */
    synchronized int users() {
        return familiesOfUser.size();
    }

    /**
     * Drops expired families. The least recently used come first and expire first, so this stops at the first valid
     * one.
     */
    private void dropExpired(Instant now) {
        Iterator<Family> eldest = families.values().iterator();
        while (eldest.hasNext()) {
            Family family = eldest.next();
            if (now.isBefore(family.current.expiresAt()) && now.isBefore(family.info.expiresAt())) {
                return;
            }
            eldest.remove();
            removeFromIndex(family);
        }
    }

    private void drop(Family family) {
        families.remove(family.info.id());
        removeFromIndex(family);
    }

    private void removeFromIndex(Family family) {
        familiesOfUser.computeIfPresent(family.info.userId(), (user, ids) -> {
            ids.remove(family.info.id());
            return ids.isEmpty() ? null : ids;
        });
    }

    private static boolean sameHash(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(US_ASCII), b.getBytes(US_ASCII));
    }

    /** The mutable state of one family. */
    private static final class Family {
        final RefreshFamily info;
        final UsedHashes used = new UsedHashes();
        RefreshTokenRecord current;

        @Nullable
        String previousHash;

        @Nullable
        String sealedCurrent;

        @Nullable
        Instant rotatedAt;

        Family(RefreshFamily info, RefreshTokenRecord first) {
            this.info = info;
            this.current = first;
        }

        void replaceCurrent(RotationRequest request) {
            used.add(current.hash());
            previousHash = current.hash();
            current = request.successor();
            sealedCurrent = request.sealedSuccessor().orElse(null);
            rotatedAt = request.now();
        }

        boolean canRepeat(RotationRequest request) {
            return previousHash != null
                    && rotatedAt != null
                    && sealedCurrent != null
                    && sameHash(previousHash, request.presentedHash())
                    && request.now().isBefore(rotatedAt.plus(request.grace()));
        }
    }

    /** Collects the settings. Not thread-safe. */
    public static final class Builder {
        private int maxFamilies = 100_000;
        private TimeSource time = TimeSource.system();

        private Builder() {}

        /**
         * Sets the number of families beyond which one is dropped, at least 1; 100,000 by default. Each takes about 1 KiB, and
         * 8 bytes for each use.
         */
        public Builder maxFamilies(int families) {
            this.maxFamilies = Settings.positive("maxFamilies", families);
            return this;
        }

        /** Sets the clocks, by which expired families are dropped; those of the system by default. */
        public Builder time(TimeSource source) {
            this.time = requireNonNull(source, "source");
            return this;
        }

        /** Returns an empty store. */
        public InMemoryRefreshTokenStore build() {
            return new InMemoryRefreshTokenStore(this);
        }
    }
}
