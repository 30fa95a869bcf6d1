package io.tollgate.auth.refresh;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The use of a refresh token.
 *
 * @param familyId the family that the token says it belongs to; as a stranger may have written it, so it may be any
 *     22 characters of {@code A-Z a-z 0-9 _ -}
 * @param presentedHash SHA-256 of the token that was presented, 43 characters of {@code A-Z a-z 0-9 _ -}
 * @param successor the token to replace it
 * @param sealedSuccessor the successor, encrypted under a key that only the presented token gives: to be kept with the
 *     family until the next rotation. Present only where the grace window is not zero; at most 256 characters of
 *     {@code A-Z a-z 0-9 _ -}
 * @param now the time of the use
 * @param grace for how long after its use a token may be presented again by a client that lost the answer; zero for none
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
