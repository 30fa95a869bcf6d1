package io.tollgate.undertow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * A new connection, whose first bytes show which of two protocols the client speaks. Has it spoken then, as if nothing had been
 * read.
 */
final class Arrival {
    private final GuardedConnection guarded;
    private final ServerSettings settings;
    private final byte[] expected;
    private final Consumer<GuardedConnection> asExpected;
    private final Consumer<GuardedConnection> otherwise;
    private final ByteBuffer first;

    private Arrival(
            GuardedConnection guarded,
            ServerSettings settings,
            byte[] expected,
            Consumer<GuardedConnection> asExpected,
            Consumer<GuardedConnection> otherwise) {
        this.guarded = guarded;
        this.settings = settings;
        this.expected = expected;
        this.asExpected = asExpected;
        this.otherwise = otherwise;
        this.first = ByteBuffer.allocate(expected.length);
    }

    /** Reads the first bytes of a connection, and hands it on: to {@code asExpected} if they are {@code expected}. */
    static void read(
            GuardedConnection guarded,
            ServerSettings settings,
            byte[] expected,
            Consumer<GuardedConnection> asExpected,
            Consumer<GuardedConnection> otherwise) {
        Arrival arrival = new Arrival(guarded, settings, expected, asExpected, otherwise);
        guarded.expireAt(System.nanoTime() + settings.idleTimeout().toNanos());
        guarded.connection().getSourceChannel().setReadListener(channel -> arrival.read());
        guarded.connection().getSourceChannel().resumeReads();
        arrival.read();
    }

    private void read() {
        int read;
        try {
            read = guarded.source().read(first);
        } catch (IOException e) {
            guarded.close(); // Reset by the client.
            return;
        }
        if (read < 0) {
            guarded.close();
            return;
        }
        boolean begun = first.position() > 0;
        if (begun && guarded.place().phase() == Phase.IDLE) {
            guarded.place().enter(Phase.HEAD);
            guarded.expireAt(System.nanoTime() + settings.heads().timeout().toNanos());
        }
        if (!isExpected()) {
            hand(otherwise);
        } else if (!first.hasRemaining()) {
            hand(asExpected);
        }
    }

    private void hand(Consumer<GuardedConnection> next) {
        guarded.connection().getSourceChannel().suspendReads();
        guarded.unread(first.flip());
        next.accept(guarded);
    }

    private boolean isExpected() {
        for (int i = 0; i < first.position(); i++) {
            if (first.get(i) != expected[i]) {
                return false;
            }
        }
        return true;
    }
}
