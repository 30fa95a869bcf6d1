package io.tollgate.micrometer;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The result of looking for a token in a request. */
enum TokenOutcome {
    VALID,
    EXPIRED,
    INVALID,
    MALFORMED,
    MISSING,
    UNAVAILABLE,
    ERROR;

    final String label = name().toLowerCase(Locale.ROOT);

    static TokenOutcome of(@Nullable ErrorCode error) {
        if (error == null) {
            return VALID;
        }
        return error instanceof CommonError common
                ? switch (common) {
                    case TOKEN_EXPIRED -> EXPIRED;
                    case INVALID_TOKEN -> INVALID;
                    case INVALID_TOKEN_FORMAT -> MALFORMED;
                    case MISSING_TOKEN -> MISSING;
                    case SERVICE_UNAVAILABLE -> UNAVAILABLE;
                    default -> ERROR;
                }
                : ERROR;
    }
}
