package io.tollgate.examples.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The bytes of one request after the other. Not thread-safe; the buffer is valid until the next one. */
final class RequestStream {
    private final ByteBuffer buffer;
    private final @Nullable ByteBuffer tokens;
    private final @Nullable TokenFile file;
    private final int tokenStart;
    private long next;

    RequestStream(LoadSpec load, long offset) throws IOException {
        byte[] head = load.request().head(load.port()).getBytes(StandardCharsets.UTF_8);
        byte[] tail = load.request().tail().getBytes(StandardCharsets.UTF_8);
        this.file = load.request().tokens().orElse(null);
        this.tokens = file == null ? null : file.map();
        this.tokenStart = head.length;
        this.next = load.firstToken() + offset;
        this.buffer = ByteBuffer.allocateDirect(head.length + (file == null ? 0 : file.length()) + tail.length);
        buffer.put(head);
        if (file != null) {
            buffer.position(head.length + file.length());
        }
        buffer.put(tail);
    }

    ByteBuffer next() {
        if (file != null && tokens != null) {
            buffer.put(tokenStart, tokens, file.position(next++), file.length());
        }
        return buffer.rewind();
    }
}
