package io.tollgate.api.guard;

import io.tollgate.api.CommonError;

/** Maps a status to an error, if nothing more is known. */
final class Statuses {
    private Statuses() {}

    static CommonError error(int httpStatus) {
        return switch (httpStatus) {
            case 401 -> CommonError.UNAUTHENTICATED;
            case 403 -> CommonError.PERMISSION_DENIED;
            case 404, 410 -> CommonError.RESOURCE_NOT_FOUND;
            case 405 -> CommonError.METHOD_NOT_ALLOWED;
            case 408, 504 -> CommonError.REQUEST_TIMEOUT;
            case 409 -> CommonError.RESOURCE_ALREADY_EXISTS;
            case 413 -> CommonError.BODY_TOO_LARGE;
            case 415 -> CommonError.UNSUPPORTED_MEDIA_TYPE;
            case 429 -> CommonError.RATE_LIMIT_EXCEEDED;
            case 501 -> CommonError.METHOD_NOT_IMPLEMENTED;
            case 502, 503 -> CommonError.SERVICE_UNAVAILABLE;
            default -> httpStatus < 500 ? CommonError.INVALID_REQUEST : CommonError.INTERNAL_SERVER_ERROR;
        };
    }
}
