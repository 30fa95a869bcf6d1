package io.tollgate.undertow;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Limits what a client may send that serves nothing: frames that change no request, and requests that it takes back, or provokes the
 * server to reset (CVE-2023-44487, CVE-2025-8671). Requests that are served earn credit, and so does time; a client that uses
 * HTTP/2 for requests does not come near the limits.
 */
final class Http2Budget {
    /** PING, SETTINGS, PRIORITY, WINDOW_UPDATE, CONTINUATION, empty and unknown frames. */
    private static final int MAX_FRAMES = 2_000;

    private static final int FRAMES_PER_SECOND = 100;
    private static final int FRAMES_PER_REQUEST = 20;

    /** A client has two windows to update for each frame of a response, if that has so many bytes. */
    private static final int FRAMES_PER_DATA = 2;

    private static final int MIN_DATA = 1024;

    private static final int MAX_RESETS = 200;
    private static final int RESETS_PER_SECOND = 10;

    private final LongSupplier nanoTime;
    private int frames = MAX_FRAMES;
    private int resets = MAX_RESETS;
    private long refilled;

    Http2Budget() {
        this(System::nanoTime);
    }

    Http2Budget(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.refilled = nanoTime.getAsLong();
    }

    /** Counts a frame that serves nothing by itself. */
    void frame() throws Http2Exception {
        if (--frames < 0) {
            refill();
            if (frames < 0) {
                throw new Http2Exception(Http2Error.ENHANCE_YOUR_CALM, "too many frames that serve no request");
            }
        }
    }

    /** Counts a request that was given up, by the client or for its fault. */
    void reset() throws Http2Exception {
        if (--resets < 0) {
            refill();
            if (resets < 0) {
                throw new Http2Exception(Http2Error.ENHANCE_YOUR_CALM, "too many requests that were reset");
            }
        }
    }

    /** Earns credit for a request that was served. */
    void served() {
        frames = Math.min(MAX_FRAMES, frames + FRAMES_PER_REQUEST);
        resets = Math.min(MAX_RESETS, resets + 1);
    }

    /** Earns credit for a frame of a response; not for a small one, which a client could ask for byte by byte. */
    void data(int bytes) {
        if (bytes < MIN_DATA) {
            return;
        }
        frames = Math.min(MAX_FRAMES, frames + FRAMES_PER_DATA);
    }

    private void refill() {
        long now = nanoTime.getAsLong();
        long seconds = Math.min(MAX_FRAMES, TimeUnit.NANOSECONDS.toSeconds(now - refilled));
        if (seconds > 0) {
            refilled = now;
            frames = (int) Math.min(MAX_FRAMES, frames + seconds * FRAMES_PER_SECOND);
            resets = (int) Math.min(MAX_RESETS, resets + seconds * RESETS_PER_SECOND);
        }
    }
}
