package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.tollgate.api.http.HttpResponse;
import io.undertow.util.StatusCodes;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Writes a response in the form of HTTP/1.1, for what Undertow never makes an exchange of. */
final class ResponseBytes {
    private ResponseBytes() {}

    /** Returns the head and the body of a response that is the last of its connection, and no stream. */
    static byte[] of(HttpResponse response, @Nullable String strictTransport) {
        StringBuilder head = new StringBuilder(512);
        head.append("HTTP/1.1 ").append(response.status()).append(' ').append(StatusCodes.getReason(response.status()));
        response.forEachHeader((name, value) -> header(head, name, value));
        header(head, "Content-Length", Integer.toString(response.bytes().length));
        header(head, "Connection", "close");
        header(head, "Date", HttpDate.now());
        header(head, "X-Content-Type-Options", "nosniff");
        if (strictTransport != null) {
            header(head, "Strict-Transport-Security", strictTransport);
        }
        head.append("\r\n\r\n");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(head.length() + response.bytes().length);
        bytes.writeBytes(head.toString().getBytes(ISO_8859_1));
        bytes.writeBytes(response.bytes());
        return bytes.toByteArray();
    }

    private static void header(StringBuilder head, String name, String value) {
        head.append("\r\n").append(HeaderText.name(name)).append(": ").append(HeaderText.value(value));
    }
}
