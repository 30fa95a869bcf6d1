package io.tollgate.auth.refresh;

import static java.util.Objects.requireNonNull;

/** The outcome of a use of a refresh token in a {@link RefreshTokenStore}. */
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
     * @param sealedSuccessor the sealed successor that was kept by the rotation which replaced the token
     */
    record Repeated(RefreshFamily family, String sealedSuccessor) implements Rotation {
        public Repeated {
            requireNonNull(family, "family");
            requireNonNull(sealedSuccessor, "sealedSuccessor");
        }
    }

    /** The token was used before, so there is a copy of it. Its family has been revoked. */
    record Reused(RefreshFamily family) implements Rotation {
        public Reused {
            requireNonNull(family, "family");
        }
    }

    /** The token is unknown, expired or revoked; clients do not learn which. */
    record Rejected() implements Rotation {}
}
