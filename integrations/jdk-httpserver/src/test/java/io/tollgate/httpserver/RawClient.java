package io.tollgate.httpserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** Sends requests whose targets no HTTP client would send. */
final class RawClient {
    private RawClient() {}

    /** Returns the status of the response to a GET. */
    static int status(int port, String target, String... headers) throws IOException {
        return Integer.parseInt(get(port, target, headers).substring(9, 12));
    }

    /** Returns the whole response to a GET. */
    static String get(int port, String target, String... headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            String request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + String.join("", headers) + "\r\n";
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }
}
