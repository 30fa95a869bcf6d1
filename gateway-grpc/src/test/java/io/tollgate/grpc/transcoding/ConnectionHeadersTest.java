package io.tollgate.grpc.transcoding;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** Headers that a client sends for the connection to the gateway only. */
class ConnectionHeadersTest {
    @Test
    void keepsBackWhatBelongsToTheConnection() throws Exception {
        try (Front other = Front.open(
                builder -> builder.forwardAuthorization(true).forwardHeaders("X-Tenant", "X-Region", "X-Shelf"))) {
            String response = raw(
                    other,
                    "GET /v1/headers HTTP/1.0",
                    "Host: localhost",
                    "Authorization: Bearer ann",
                    "X-Tenant: one",
                    "X-Region: two",
                    "X-Shelf: three",
                    "Connection: X-TENANT",
                    "Connection:x-region , authorization");

            assertThat(response)
                    .contains(" 200 OK\r\n")
                    .contains("\"x-shelf\":\"three\"")
                    .doesNotContain("x-tenant")
                    .doesNotContain("x-region")
                    .doesNotContain("\"authorization\"");
        }
    }

    /** Sends what no client library lets through, and returns all until the connection is closed. */
    private static String raw(Front other, String... lines) throws IOException {
        URI uri = other.uri("/");
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
