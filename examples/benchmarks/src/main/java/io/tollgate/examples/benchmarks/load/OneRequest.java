package io.tollgate.examples.benchmarks.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Sends a single request of a scenario and checks its status. */
public final class OneRequest {
    private static final int TIMEOUT_MILLIS = 10_000;

    private OneRequest() {}

    private static Socket connect(int port, boolean tls) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        if (!tls) {
            return new Socket(loopback, port);
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustAll()}, null);
            return context.getSocketFactory().createSocket(loopback, port);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** Trusts the certificate of a benchmark, which talks to its own process. */
    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /**
     * Sends it to {@code port}.
     *
     * @throws IOException with the response if the status is another than the expected one
     */
    public static void check(int port, RequestSpec request) throws IOException {
        check(port, request, false);
    }

    /**
     * Sends it to {@code port}, in TLS if that is asked for, where any certificate is trusted.
     *
     * @throws IOException with the response if the status is another than the expected one
     */
    public static void check(int port, RequestSpec request, boolean tls) throws IOException {
        try (Socket socket = connect(port, tls)) {
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
