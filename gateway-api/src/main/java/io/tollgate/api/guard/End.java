package io.tollgate.api.guard;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.ratelimit.RateLimitDecision;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The end of a request: known, with or without an error; or unknown, because the client left.
 *
 * @param status the status of the response if nothing else is known, else 0: {@code error} is exact
 */
record End(boolean known, @Nullable ErrorCode error, int status) {
    static final End SUCCESS = new End(true, null, 0);
    static final End UNKNOWN = new End(false, CommonError.REQUEST_TIMEOUT, 0);

    static End of(ErrorCode error) {
        return new End(true, error, 0);
    }

    static End ofStatus(int status) {
        return status < 400 ? SUCCESS : new End(true, Statuses.error(status), status);
    }

    boolean keeps(RateLimitDecision reservation) {
        Set<ErrorCode> chargedOn = reservation.check().chargedOn();
        ErrorCode code = error;
        return !known
                || (code != null && chargedOn.contains(code))
                || (status != 0 && chargedOn.stream().anyMatch(charged -> charged.httpStatus() == status));
    }
}
