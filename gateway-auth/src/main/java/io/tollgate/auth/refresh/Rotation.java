package io.tollgate.auth.refresh;

import static java.util.Objects.requireNonNull;

/** How a {@link RefreshTokenStore} answers the use of a refresh token. */
public sealed interface Rotation {
    /** The token was current and has been replaced by its successor. */
    record Rotated(RefreshFamily family) implements Rotation {
        public Rotated {
            requireNonNull(family, "family");
        }
    }

    /**
     * The token was replaced a moment ago, within the grace window, and its successor has not been used.
     *
     * @param sealedSuccessor what the rotation that replaced it left
     */
    record Repeated(RefreshFamily family, String sealedSuccessor) implements Rotation {
        public Repeated {
            requireNonNull(family, "family");
            requireNonNull(sealedSuccessor, "sealedSuccessor");
        }
    }

    /** The token was used before. Its family has been revoked: somebody has a copy of it. */
    record Reused(RefreshFamily family) implements Rotation {
        public Reused {
            requireNonNull(family, "family");
        }
    }

    /** The token is unknown, expired or revoked; which of these is nobody's business. */
    record Refused() implements Rotation {}
}
