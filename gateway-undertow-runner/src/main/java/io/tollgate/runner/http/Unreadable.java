package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.guard.RequestListener;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/**
 * Answers what no {@link Request} could be made of: bytes that are not HTTP, a head too large, no host. The server refuses
 * such requests before any filter; this gives its refusal the contract's form.
 */
public final class Unreadable {
    private final Cors cors;
    private final RequestListener listener;

    /** Adds the headers of {@code cors}, and calls {@code listener}. */
    public Unreadable(Cors cors, RequestListener listener) {
        this.cors = requireNonNull(cors, "cors");
        this.listener = requireNonNull(listener, "listener");
    }

    /**
     * The whole answer, head and body, after which the connection is to be closed.
     *
     * @param status what the server itself would have answered
     * @param peer the other end of the socket
     */
    public byte[] answer(int status, InetAddress peer) {
        GatewayException error = status < 500
                ? GatewayException.of(
                        CommonError.INVALID_REQUEST, "The request is not valid HTTP/1.1, or its head is too large.")
                : GatewayException.of(CommonError.INTERNAL_SERVER_ERROR, "The gateway failed to handle the request.");
        String id = RequestIds.fresh();
        byte[] body = Json.write(error.body());
        StringBuilder head = new StringBuilder(512);
        head.append("HTTP/1.1 ").append(status < 500 ? "400 Bad Request" : "500 Internal Server Error");
        header(head, "Content-Type", "application/json");
        header(head, "Content-Length", Integer.toString(body.length));
        header(head, RequestIds.HEADER, id);
        cors.forUnreadable((name, value) -> header(head, name, value));
        header(head, "Connection", "close");
        head.append("\r\n\r\n");
        listener.unreadable(error.code().httpStatus());
        AccessLog.unreadable(error.code().httpStatus(), id, peer.getHostAddress(), body.length);
        return concat(head.toString().getBytes(StandardCharsets.US_ASCII), body);
    }

    private static void header(StringBuilder head, String name, String value) {
        head.append("\r\n").append(name).append(": ").append(value);
    }

    private static byte[] concat(byte[] head, byte[] body) {
        byte[] all = new byte[head.length + body.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return all;
    }
}
