package io.tollgate.examples.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Finds the ends of HTTP/1.1 responses in the bytes that arrive on a connection with one request in flight: by
 * {@code Content-Length}, or by the last chunk. Not thread-safe.
 */
final class ResponseReader {
    private static final String LENGTH = "\r\ncontent-length:";
    private static final String CHUNKED = "\r\ntransfer-encoding: chunked";
    private static final String LAST_CHUNK = "0\r\n\r\n";
    private static final int STATUS_AT = "HTTP/1.1 ".length();

    private byte[] bytes = new byte[4_096];
    private int length;
    private int headLength = -1;
    private int bodyLength;
    private boolean chunked;
    private int status;

    /**
     * Takes what arrived.
     *
     * @return the status of a response that is complete now, or 0
     * @throws IOException if this is no HTTP response, or more than one
     */
    int take(java.nio.ByteBuffer arrived) throws IOException {
        int count = arrived.remaining();
        if (length + count > bytes.length) {
            bytes = java.util.Arrays.copyOf(bytes, 2 * (length + count));
        }
        arrived.get(bytes, length, count);
        length += count;
        if (headLength < 0 && !readHead()) {
            return 0;
        }
        if (chunked ? !endsWith(LAST_CHUNK) : length < headLength + bodyLength) {
            return 0;
        }
        if (!chunked && length > headLength + bodyLength) {
            throw new IOException("a response is longer than its Content-Length");
        }
        length = 0;
        headLength = -1;
        return status;
    }

    private boolean readHead() throws IOException {
        int end = headEnd();
        if (end < 0) {
            return false;
        }
        headLength = end;
        String head = new String(bytes, 0, end, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        if (!head.startsWith("http/1.1 ")) {
            throw new IOException(
                    "not an HTTP/1.1 response: " + head.lines().findFirst().orElse(""));
        }
        status = Integer.parseInt(head, STATUS_AT, STATUS_AT + 3, 10);
        chunked = head.contains(CHUNKED);
        int at = head.indexOf(LENGTH);
        if (at < 0 && !chunked && status != 204) {
            throw new IOException("a response without Content-Length");
        }
        bodyLength = at < 0
                ? 0
                : Integer.parseInt(head.substring(at + LENGTH.length(), head.indexOf('\r', at + 2))
                        .strip());
        return true;
    }

    private int headEnd() {
        for (int i = 3; i < length; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n' && bytes[i - 3] == '\r') {
                return i + 1;
            }
        }
        return -1;
    }

    private boolean endsWith(String end) {
        if (length - headLength < end.length()) {
            return false;
        }
        for (int i = 0; i < end.length(); i++) {
            if (bytes[length - end.length() + i] != end.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
