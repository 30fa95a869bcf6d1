package io.tollgate.auth.keys;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file with keys: a JWK, a JWK set, or one key as PEM. Which it is shows from its content.
 *
 * @param path where it is
 * @param algorithm for keys that do not name theirs; where absent RS256, ES256, EdDSA or HS256 by the type of key
 * @param kid the name of the key in a PEM file or a JWK without {@code kid}; where absent, a key that signs is named by
 *     its thumbprint (RFC 7638) and one that only verifies has no name, and so verifies whatever name a token has for it
 */
public record KeyFile(Path path, Optional<SignatureAlgorithm> algorithm, Optional<String> kid) {
    public KeyFile {
        requireNonNull(path, "path");
        requireNonNull(algorithm, "algorithm");
        requireNonNull(kid, "kid");
    }

    /** A file whose keys have their usual algorithms and names. */
    public static KeyFile of(Path path) {
        return new KeyFile(path, Optional.empty(), Optional.empty());
    }

    /** The same file, whose keys are for this algorithm unless they name another. */
    public KeyFile withAlgorithm(SignatureAlgorithm other) {
        return new KeyFile(path, Optional.of(other), kid);
    }

    /** The same file, whose one key has this name unless it says another. */
    public KeyFile withKid(String other) {
        return new KeyFile(path, algorithm, Optional.of(other));
    }

    List<TokenKey> parse(String content) {
        try {
            List<TokenKey> keys = content.stripLeading().startsWith("{")
                    ? Jwks.trusted(content, algorithm)
                    : List.of(Pem.read(content, algorithm));
            if (kid.isPresent() && keys.size() > 1) {
                throw new IllegalArgumentException("a name for " + keys.size() + " keys (expected: one key)");
            }
            return keys.stream().map(this::named).toList();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(path + ": " + e.getMessage(), e);
        }
    }

    private TokenKey named(TokenKey key) {
        if (key.kid().isPresent()) {
            return key;
        }
        if (kid.isPresent()) {
            return key.withKid(kid.get());
        }
        return key.canSign() ? key.thumbprint().map(key::withKid).orElse(key) : key;
    }
}
