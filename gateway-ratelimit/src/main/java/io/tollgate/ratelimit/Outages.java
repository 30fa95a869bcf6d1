package io.tollgate.ratelimit;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The error of a decision that was not possible. One instance may fail many decisions, since it is about Redis and not
 * about one of them.
 */
final class Outages {
    private Outages() {}

    static GatewayException of(String reason) {
        return of(reason, null);
    }

    static GatewayException of(String reason, @Nullable Throwable cause) {
        return GatewayException.builder(CommonError.SERVICE_UNAVAILABLE, "The rate limit could not be checked.")
                .cause(new IllegalStateException(reason, cause))
                .build();
    }

    /** Returns the reason and the message of its cause, for the log. */
    static String reason(Throwable failure) {
        Throwable outage = failure;
        while ((outage instanceof CompletionException || outage instanceof GatewayException)
                && outage.getCause() != null) {
            outage = outage.getCause();
        }
        Throwable cause = outage.getCause();
        return outage.getMessage() + (cause == null ? "" : ": " + cause.getMessage());
    }
}
