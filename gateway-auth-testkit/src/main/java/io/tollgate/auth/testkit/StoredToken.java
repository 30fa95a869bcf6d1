package io.tollgate.auth.testkit;

import static java.util.Objects.requireNonNull;

/**
 * The part of a refresh token that a store sees: the random id of its family, and the hash of a random text.
 *
 * @param familyId the id of the family
 * @param hash the hash of the token
 */
public record StoredToken(String familyId, String hash) {
    public StoredToken {
        requireNonNull(familyId, "familyId");
        requireNonNull(hash, "hash");
    }

    /** Returns the first token of a new family. */
    public static StoredToken first() {
        return new StoredToken(random(16), random(32));
    }

    /** Returns another token of the same family. */
    public StoredToken next() {
        return new StoredToken(familyId, random(32));
    }

    private static String random(int bytes) {
        return TestToken.base64Url(TestKeys.randomBytes(bytes));
    }
}
