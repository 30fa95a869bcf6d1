package io.tollgate.examples.benchmarks.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Sends a single request of a scenario and checks its status. */
public final class OneRequest {
    private static final int TIMEOUT_MILLIS = 10_000;

    private OneRequest() {}

    /**
     * Sends it to {@code port}.
     *
     * @throws IOException with the response if the status is another than the expected one
     */
    public static void check(int port, RequestSpec request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            String token = request.tokens().isPresent() ? request.tokens().get().first() : "";
            socket.getOutputStream()
                    .write((request.head(port) + token + request.tail()).getBytes(StandardCharsets.UTF_8));
            ResponseReader reader = new ResponseReader();
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            byte[] buffer = new byte[8_192];
            int status = 0;
            while (status == 0) {
                int count = socket.getInputStream().read(buffer);
                if (count < 0) {
                    throw new IOException("no response to " + request.method() + " " + request.path());
                }
                all.write(buffer, 0, count);
                status = reader.take(ByteBuffer.wrap(buffer, 0, count));
            }
            if (status != request.expectedStatus()) {
                throw new IOException(request.method() + " " + request.path() + ": status " + status + " (expected: "
                        + request.expectedStatus() + "): " + all.toString(StandardCharsets.UTF_8));
            }
        }
    }
}
