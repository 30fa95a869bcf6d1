package io.tollgate.examples.benchmarks.gateway;

import io.tollgate.examples.benchmarks.load.RequestSpec;
import java.io.IOException;
import java.util.Optional;

/** The requests that scenarios send. */
enum RequestKind {
    /** A purchase by one of 500 users. */
    PURCHASE {
        @Override
        RequestSpec spec(TokenWriter tokens) throws IOException {
            return new RequestSpec("POST", PURCHASE_PATH, "", Optional.of(tokens.users(USERS)), 200);
        }
    },
    /** A purchase by one user, always the same, so that h2load can send it. */
    PURCHASE_BY_ONE {
        @Override
        RequestSpec spec(TokenWriter tokens) throws IOException {
            return new RequestSpec("POST", PURCHASE_PATH, "", Optional.of(tokens.user("one-user")), 200);
        }
    },
    /** The same by a binding of the order service's method, without code. */
    TRANSCODED {
        @Override
        RequestSpec spec(TokenWriter tokens) throws IOException {
            return new RequestSpec("POST", "/v1/events/rock-2026/purchase", "", Optional.of(tokens.users(USERS)), 200);
        }
    },
    /** A purchase by one of a million users, each of whom comes again when all others have been there. */
    PURCHASE_BY_A_MILLION {
        @Override
        RequestSpec spec(TokenWriter tokens) throws IOException {
            return new RequestSpec("POST", PURCHASE_PATH, "", Optional.of(tokens.users(MANY_USERS)), 200);
        }
    },
    /** A purchase by a user whose bucket is empty. */
    LIMITED {
        @Override
        RequestSpec spec(TokenWriter tokens) throws IOException {
            return new RequestSpec(
                    "POST", "/api/v1/tickets/limited/purchase", "", Optional.of(tokens.user("limited-user")), 429);
        }
    },
    /** A purchase with one token, always the same, whose signature is wrong. */
    BAD_TOKEN {
        @Override
        RequestSpec spec(TokenWriter tokens) throws IOException {
            return new RequestSpec("POST", PURCHASE_PATH, "", Optional.of(tokens.wronglySigned()), 401);
        }
    },
    /** A purchase with a token whose ES256 signature is made up; each request has another. */
    FORGED {
        @Override
        RequestSpec spec(TokenWriter tokens) throws IOException {
            return new RequestSpec("POST", PURCHASE_PATH, "", Optional.of(tokens.forged(FORGED_TOKENS)), 401);
        }
    },
    /** The same from an address that has sent too many of them. */
    FORGED_TOO_OFTEN {
        @Override
        RequestSpec spec(TokenWriter tokens) throws IOException {
            return new RequestSpec("POST", PURCHASE_PATH, "", Optional.of(tokens.forged(FORGED_TOKENS)), 429);
        }
    },
    /** A login that succeeds. */
    LOGIN {
        @Override
        RequestSpec spec(TokenWriter tokens) {
            return new RequestSpec(
                    "POST",
                    "/api/v1/users/login",
                    "{\"email\":\"ann@example.org\",\"password\":\"correct horse\"}",
                    Optional.empty(),
                    200);
        }
    },
    /** The public health check. */
    HEALTH {
        @Override
        RequestSpec spec(TokenWriter tokens) {
            return new RequestSpec("GET", "/health", "", Optional.empty(), 200);
        }
    };

    private static final String PURCHASE_PATH = "/api/v1/tickets/rock-2026/purchase";
    private static final int USERS = 500;
    private static final int MANY_USERS = 1_000_000;
    private static final int FORGED_TOKENS = 100_000;

    /** Writes the tokens that it needs and returns the request. */
    abstract RequestSpec spec(TokenWriter tokens) throws IOException;
}
