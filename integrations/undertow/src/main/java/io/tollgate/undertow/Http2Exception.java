package io.tollgate.undertow;

import java.io.IOException;

/** An error of the client's that ends the connection (RFC 9113, section 5.4.1). Without a stack trace: clients can make many. */
final class Http2Exception extends IOException {
    private static final long serialVersionUID = 1L;

    private final Http2Error error;

    Http2Exception(Http2Error error, String reason) {
        super(reason);
        this.error = error;
    }

    /** Throws unless {@code allowed}. */
    static void require(boolean allowed, Http2Error otherwise, String reason) throws Http2Exception {
        if (!allowed) {
            throw new Http2Exception(otherwise, reason);
        }
    }

    Http2Error error() {
        return error;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
