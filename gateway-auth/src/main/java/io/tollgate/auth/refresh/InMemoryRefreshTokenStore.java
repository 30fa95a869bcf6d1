package io.tollgate.auth.refresh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Families of refresh tokens in the heap of one process: for tests, for development, and for a service of one instance
 * whose users may log in again after a restart. Stages are complete when returned.
 *
 * <p>Bounded: beyond its number of families the one unused for longest is dropped, which logs its user out.
 */
public final class InMemoryRefreshTokenStore implements RefreshTokenStore {
    /** The number of families that are kept unless another is asked for. */
    public static final int DEFAULT_MAX_FAMILIES = 100_000;

    private static final Rotation REFUSED = new Rotation.Refused();

    private final int maxFamilies;
    private final Clock clock;

    /** By id, least recently used first; guarded by this, as is all else. */
    private final LinkedHashMap<String, Family> families = new LinkedHashMap<>(16, 0.75f, true);

    private final Map<String, Set<String>> familiesOfUser = new HashMap<>();

    /** Keeps at most {@value #DEFAULT_MAX_FAMILIES} families. */
    public InMemoryRefreshTokenStore() {
        this(DEFAULT_MAX_FAMILIES, Clock.systemUTC());
    }

    /**
     * Keeps at most so many families.
     *
     * @param maxFamilies at least 1; each takes about 1 KiB, and 8 bytes for each use
     * @param clock tells which families have expired and can be dropped
     */
    public InMemoryRefreshTokenStore(int maxFamilies, Clock clock) {
        if (maxFamilies < 1) {
            throw new IllegalArgumentException("maxFamilies: " + maxFamilies + " (expected: at least 1)");
        }
        this.maxFamilies = maxFamilies;
        this.clock = requireNonNull(clock, "clock");
    }

    @Override
    public synchronized CompletionStage<Void> create(RefreshFamily family, RefreshTokenRecord first) {
        dropExpired(clock.instant());
        if (families.putIfAbsent(family.id(), new Family(family, requireNonNull(first, "first"))) != null) {
            return CompletableFuture.failedStage(new IllegalStateException("the family's id is taken"));
        }
        familiesOfUser
                .computeIfAbsent(family.userId(), user -> new HashSet<>(2))
                .add(family.id());
        if (families.size() > maxFamilies) {
            drop(families.values().iterator().next());
        }
        return CompletableFuture.completedStage(null);
    }

    @Override
    public synchronized CompletionStage<Rotation> rotate(RotationRequest request) {
        return CompletableFuture.completedStage(decide(request));
    }

    private Rotation decide(RotationRequest request) {
        Family family = families.get(request.familyId());
        if (family == null) {
            return REFUSED;
        }
        if (!request.now().isBefore(family.info.expiresAt())) {
            drop(family);
            return REFUSED;
        }
        if (sameHash(family.current.hash(), request.presentedHash())) {
            if (!request.now().isBefore(family.current.expiresAt())) {
                return REFUSED;
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
        return REFUSED;
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

    /** How many families there are, expired ones that were not dropped yet included. */
    public synchronized int size() {
        return families.size();
    }

    /** Those unused for longest come first and expire first, so this stops at the first that lives. */
    private void dropExpired(Instant now) {
        Iterator<Family> eldest = families.values().iterator();
        while (eldest.hasNext()) {
            Family family = eldest.next();
            if (now.isBefore(family.current.expiresAt()) && now.isBefore(family.info.expiresAt())) {
                return;
            }
            eldest.remove();
            forgetForUser(family);
        }
    }

    private void drop(Family family) {
        families.remove(family.info.id());
        forgetForUser(family);
    }

    private void forgetForUser(Family family) {
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
}
