package io.tollgate.servlet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Sends requests byte for byte, so that no client normalizes their paths. */
final class Raw {
    private Raw() {}

    /**
     * A response.
     *
     * @param headers lines of the form {@code name: value}
     */
    record Response(int status, List<String> headers, String body) {
        Optional<String> header(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return headers.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(line -> line.substring(start.length()).strip())
                    .findFirst();
        }
    }

    static Response get(Container server, String target, String... headers) throws IOException {
        return send(server, "GET", target, "", headers);
    }

    static Response send(Container server, String method, String target, String body, String... headers)
            throws IOException {
        try (Socket socket = open(server, method, target, body, headers)) {
            return parse(new String(socket.getInputStream().readAllBytes(), UTF_8));
        }
    }

    /** Sends a request, whose response is not read yet. */
    static Socket open(Container server, String method, String target, String body, String... headers)
            throws IOException {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n");
        Arrays.stream(headers).forEach(line -> head.append(line).append("\r\n"));
        if (!body.isEmpty()) {
            head.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        head.append("Connection: close\r\n\r\n").append(body);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(head.toString().getBytes(ISO_8859_1));
        socket.getOutputStream().flush();
        return socket;
    }

    static Response read(Socket socket) throws IOException {
        return parse(new String(socket.getInputStream().readAllBytes(), UTF_8));
    }

    private static Response parse(String text) throws IOException {
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new IOException("no response: " + text);
        }
        List<String> lines = List.of(text.substring(0, end).split("\r\n"));
        int status = Integer.parseInt(lines.get(0).split(" ")[1]);
        return new Response(status, lines.subList(1, lines.size()), text.substring(end + 4));
    }
}
