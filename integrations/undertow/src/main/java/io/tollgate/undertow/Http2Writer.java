package io.tollgate.undertow;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.xnio.conduits.ConduitStreamSinkChannel;

/**
 * Writes the output of one connection, once for all that happens in one turn of its thread, and lets streams go on when there is
 * room: the socket has taken something, or the client has opened the window of the connection.
 */
final class Http2Writer {
    private final GuardedConnection guarded;
    private final ConduitStreamSinkChannel channel;
    private final Http2Output output;
    private final Runnable stalls;
    private final Runnable taken;

    /** The streams that go on when there is room, in the order of their turns. */
    private final Set<Http2Stream> waiting = new LinkedHashSet<>();

    private long window = Http2Frame.DEFAULT_WINDOW;
    private long writes;
    private boolean held;
    private boolean scheduled;
    private boolean blocked;
    private boolean ended;

    /**
     * Writes to a connection.
     *
     * @param stalls is called when the socket takes nothing more
     * @param taken is called when the socket has taken something after it took nothing more
     */
    Http2Writer(GuardedConnection guarded, Http2Output output, Runnable stalls, Runnable taken) {
        this.guarded = guarded;
        this.channel = guarded.connection().getSinkChannel();
        this.output = output;
        this.stalls = stalls;
        this.taken = taken;
    }

    /** Returns whether the socket takes nothing more. */
    boolean isBlocked() {
        return blocked;
    }

    /** Returns a number that changes whenever the socket has taken something. */
    long writes() {
        return writes;
    }

    /** Returns the bytes of content that the client accepts on the connection. */
    long window() {
        return window;
    }

    /** Counts content. */
    void sent(int bytes) {
        window -= bytes;
    }

    /** Opens the window of the connection; returns whether that is possible. */
    boolean open(int increment) {
        window += increment;
        if (window > Http2Frame.MAX_WINDOW) {
            return false;
        }
        soon();
        return true;
    }

    /** Has a stream go on when there is room. */
    void await(Http2Stream stream) {
        waiting.add(stream);
        if (window > 0) {
            soon();
        }
    }

    void forget(Http2Stream stream) {
        waiting.remove(stream);
    }

    /** Writes nothing until {@link #release}. */
    void hold() {
        held = true;
    }

    /** Writes what there is. */
    void release() {
        held = false;
        turn();
    }

    /** Has what there is written after all that this thread has to do before. */
    void soon() {
        if (!held && !scheduled && !blocked && !ended) {
            scheduled = true;
            guarded.run(this::turn);
        }
    }

    private void turn() {
        scheduled = false;
        if (ended) {
            return;
        }
        try {
            boolean hold = held;
            held = true; // What streams write now goes with the rest.
            for (int turns = waiting.size(); turns > 0 && output.hasRoom() && !ended; turns--) {
                Http2Stream next = waiting.iterator().next();
                waiting.remove(next);
                next.writable();
            }
            held = hold;
            if (!ended && flush() && window > 0 && !waiting.isEmpty()) {
                soon();
            }
        } catch (IOException e) {
            guarded.close(); // Reset by the client.
        }
    }

    /** Writes what the socket takes; returns whether that is all. */
    boolean flush() throws IOException {
        if (ended) {
            return false;
        }
        boolean all = output.flush();
        if (all == blocked) {
            blocked = !all;
            if (blocked) {
                channel.setWriteListener(ready -> writable());
                channel.resumeWrites();
                stalls.run();
            } else {
                channel.suspendWrites();
                guarded.run(this::writable); // A stream may have called this: what waited for the socket goes on.
            }
        }
        return all;
    }

    private void writable() {
        writes++;
        turn();
        if (!ended) {
            taken.run();
        }
    }

    /** Writes what the socket takes at once, and no more. */
    void end() {
        if (!ended) {
            try {
                output.flush();
            } catch (IOException e) {
                guarded.close();
            }
            ended = true;
            channel.suspendWrites();
            output.close();
            waiting.clear();
        }
    }
}
