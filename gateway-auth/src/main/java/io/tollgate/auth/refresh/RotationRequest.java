package io.tollgate.auth.refresh;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A use of a refresh token.
 *
 * @param familyId the family that the token names: any 22 characters of {@code A-Z a-z 0-9 _ -}, since the token may be
 *     forged
 * @param presentedHash SHA-256 of the presented token, 43 characters of {@code A-Z a-z 0-9 _ -}
 * @param successor the token that replaces it
 * @param sealedSuccessor the successor, encrypted with a key that only the presented token yields. Kept with the family
 *     until the next rotation. Present only if the grace window is not zero; at most 256 characters of {@code A-Z a-z
 *     0-9 _ -}
 * @param now the time of the use, by the clock of the caller
 * @param grace the time after its use during which a token may be presented again by a client that lost the response;
 *     zero for none
 */
public record RotationRequest(
        String familyId,
        String presentedHash,
        RefreshTokenRecord successor,
        Optional<String> sealedSuccessor,
        Instant now,
        Duration grace) {
    public RotationRequest {
        requireNonNull(familyId, "familyId");
        requireNonNull(presentedHash, "presentedHash");
        requireNonNull(successor, "successor");
        requireNonNull(sealedSuccessor, "sealedSuccessor");
        requireNonNull(now, "now");
        requireNonNull(grace, "grace");
        RefreshTokenRecord.requireHash(presentedHash, "presentedHash");
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace: " + grace + " (expected: not negative)");
        }
    }
}
