package io.tollgate.undertow;

import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpResponse;
import java.nio.ByteBuffer;

/** Responds to requests that are malformed, or have no room, and so never become a transaction. */
final class Http2Rejection {
    private final Http2Connection connection;
    private final HpackEncoder encoder;

    Http2Rejection(Http2Connection connection, HpackEncoder encoder) {
        this.connection = connection;
        this.encoder = encoder;
    }

    /** Writes the response, if windows allow it as a whole, and resets the stream. */
    void reject(int id, GatewayException reason, int initialWindow) {
        HttpResponse response = connection
                .server()
                .unreadable()
                .respond(reason, connection.guarded().peer());
        Http2Output output = connection.output();
        int length = response.bytes().length;
        if (length > 0 && length <= Math.min(initialWindow, connection.writer().window()) && output.hasRoom()) {
            ResponseHead head = ResponseHead.of(connection.guarded().strictTransport());
            response.forEachHeader(head::put);
            head.put("content-length", Integer.toString(length));
            encoder.begin(response.status());
            head.forEach(encoder::header);
            output.headers(id, encoder, false);
            ByteBuffer content = ByteBuffer.wrap(response.bytes());
            while (content.hasRemaining()) {
                connection.writer().sent(output.data(id, content, Http2Frame.MAX_SIZE, true));
            }
        }
        output.reset(id, Http2Error.PROTOCOL_ERROR);
    }
}
