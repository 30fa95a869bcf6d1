package io.tollgate.auth;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * A refresh token: 128 random bits that name its family, and 256 of its own, written as 64 characters of Base64url.
 * Only its SHA-256 is stored.
 */
final class RefreshToken {
    private static final int FAMILY_BYTES = 16;
    private static final int SECRET_BYTES = 32;
    static final int BYTES = FAMILY_BYTES + SECRET_BYTES;
    private static final int CHARACTERS = BYTES / 3 * 4;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    private final byte[] bytes;

    private RefreshToken(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Returns the first token of a new family. */
    static RefreshToken first() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return new RefreshToken(bytes);
    }

    /** Returns another token of the same family. */
    RefreshToken next() {
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        byte[] next = bytes.clone();
        System.arraycopy(secret, 0, next, FAMILY_BYTES, SECRET_BYTES);
        return new RefreshToken(next);
    }

    /**
     * Parses the text of a client; empty if it cannot be a refresh token. Every character counts, so no two texts are
     * the same token.
     */
    static Optional<RefreshToken> parse(String text) {
        if (text.length() != CHARACTERS) {
            return Optional.empty();
        }
        try {
            return ofBytes(Base64.getUrlDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static Optional<RefreshToken> ofBytes(byte[] bytes) {
        return bytes.length == BYTES ? Optional.of(new RefreshToken(bytes.clone())) : Optional.empty();
    }

    String familyId() {
        return TEXT.encodeToString(Arrays.copyOf(bytes, FAMILY_BYTES));
    }

    String hash() {
        return TEXT.encodeToString(Sha256.digest(bytes));
    }

    byte[] bytes() {
        return bytes.clone();
    }

    /** Returns the text that the client receives. */
    String text() {
        return TEXT.encodeToString(bytes);
    }

    @Override
    public String toString() {
        return "RefreshToken[redacted]";
    }
}
