package io.tollgate.auth.keys;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file with keys: a JWK, a JWK set, or one key as PEM, recognized by its content.
 *
 * @param path the path of the file
 * @param algorithm the algorithm of keys that do not name theirs; by default RS256, ES256, EdDSA or HS256, by the type
 *     of key
 * @param kid the name of the key in a PEM file or of a JWK without {@code kid}. By default, a key that signs is named
 *     by its thumbprint (RFC 7638), and one that only verifies has no name, so that it verifies tokens with any name
 */
public record KeyFile(Path path, Optional<SignatureAlgorithm> algorithm, Optional<String> kid) {
    public KeyFile {
        requireNonNull(path, "path");
        requireNonNull(algorithm, "algorithm");
        requireNonNull(kid, "kid");
    }

    /** Returns a file whose keys have their usual algorithms and names. */
    public static KeyFile of(Path path) {
        return new KeyFile(path, Optional.empty(), Optional.empty());
    }

    /** Returns the same file, with this algorithm for keys that do not name theirs. */
    public KeyFile withAlgorithm(SignatureAlgorithm other) {
        return new KeyFile(path, Optional.of(other), kid);
    }

    /** Returns the same file, with this name for its one key unless that has a name. */
    public KeyFile withKid(String other) {
        return new KeyFile(path, algorithm, Optional.of(other));
    }

    List<TokenKey> parse(String content) {
        try {
            List<TokenKey> keys = content.stripLeading().startsWith("{")
                    ? Jwks.trusted(content, algorithm)
                    : List.of(Pem.read(content, algorithm));
            if (kid.isPresent() && keys.size() > 1) {
                throw new IllegalArgumentException("kid: one name for " + keys.size() + " keys (expected: one key)");
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
