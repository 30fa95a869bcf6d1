package io.tollgate.undertow;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A new connection, whose first bytes show which protocol the client speaks. Has it spoken then, as if nothing had been read.
 */
final class Arrival {
    private final GuardedConnection guarded;
    private final ServerSettings settings;
    private final Protocols protocols;
    private final ByteBuffer first = ByteBuffer.allocate(Http2Reader.PREFACE.length);

    private Arrival(GuardedConnection guarded, ServerSettings settings, Protocols protocols) {
        this.guarded = guarded;
        this.settings = settings;
        this.protocols = protocols;
    }

    /** Reads the first bytes of a connection without TLS. */
    static void start(GuardedConnection guarded, ServerSettings settings, Protocols protocols) {
        Arrival arrival = new Arrival(guarded, settings, protocols);
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
        } else if (!isPreface()) {
            hand();
            protocols.http1(guarded);
        } else if (!first.hasRemaining()) {
            hand();
            protocols.http2(guarded);
        } else if (first.position() > 0 && guarded.place().phase() == Phase.IDLE) {
            guarded.place().enter(Phase.HEAD);
            guarded.expireAt(System.nanoTime() + settings.heads().timeout().toNanos());
        }
    }

    private void hand() {
        guarded.connection().getSourceChannel().suspendReads();
        guarded.neverExpire();
        guarded.place().enter(Phase.IDLE); // As the protocols expect.
        guarded.unread(first.flip());
    }

    /** Returns whether what has been read can be the begin of the preface of HTTP/2. */
    private boolean isPreface() {
        for (int i = 0; i < first.position(); i++) {
            if (first.get(i) != Http2Reader.PREFACE[i]) {
                return false;
            }
        }
        return true;
    }
}
