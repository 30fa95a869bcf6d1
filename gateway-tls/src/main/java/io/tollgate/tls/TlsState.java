package io.tollgate.tls;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * The certificate in use, and the reason why what the files hold now is not in use.
 *
 * @param generation 1 for what was read at the start, and one more for each change that was put to use
 * @param subject the subject of the certificate, as in RFC 2253; empty without a certificate of one's own
 * @param notAfter the end of the validity of the certificate, or of an earlier one in its chain; empty without a certificate of
 *     one's own
 * @param problem why the files are not used as they are now: they cannot be read, a key does not match its certificate; empty
 *     while what is in use is what the files hold. Never contains a part of a key
 */
public record TlsState(int generation, Optional<String> subject, Optional<Instant> notAfter, Optional<String> problem) {
    public TlsState {
        if (generation < 1) {
            throw new IllegalArgumentException("generation: " + generation + " (expected: > 0)");
        }
        requireNonNull(subject, "subject");
        requireNonNull(notAfter, "notAfter");
        requireNonNull(problem, "problem");
    }
}
