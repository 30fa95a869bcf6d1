package io.tollgate.undertow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * Writes the body of a response as its publisher emits it. Requests one buffer at a time, and the next one when the socket has
 * taken the last: a client that reads slowly slows the publisher down, and nothing is queued. The write timeout applies to each
 * buffer, not to the time between them.
 *
 * <p>Belongs to the exchange's I/O thread; signals of the publisher that come on another thread hop there.
 */
final class ResponseStream implements Flow.Subscriber<ByteBuffer> {
    private static final Logger log = LoggerFactory.getLogger(ResponseStream.class);

    /** The most bytes for one write: the JDK copies all that it is given, for each write, also if the socket takes little. */
    private static final int MAX_WRITE = 64 * 1024;

    /** The most buffers in a row, so that the other connections of the thread get their turn. */
    private static final int MAX_TURN = 32;

    private final ResponseChannel channel;
    private final XnioIoThread thread;
    private final Duration writeTimeout;
    private final Listener listener;

    /** True while a buffer is requested. One that is emitted without is not queued. */
    private final AtomicBoolean wanted = new AtomicBoolean();

    private final AtomicBoolean terminated = new AtomicBoolean();
    private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();
    private @Nullable ByteBuffer buffer;
    private boolean requested;
    private boolean complete;
    private boolean shutDown;
    private boolean over;
    private boolean writing;
    private XnioExecutor.@Nullable Key timeout;

    /** Learns how a stream goes on, and ends with one of the last three, once, unless it is cancelled. Called on the I/O thread. */
    interface Listener {
        /** The client takes no more for now. */
        void stalled();

        /** The client has taken all that there was after it had {@link #stalled}. */
        void flows();

        /** The end is about to be written; with it the exchange may be over. */
        void ending();

        /** All of it is written. */
        void written();

        /** The client is gone, or takes nothing more. */
        void clientGone(IOException reason);

        /** The publisher failed. */
        void failed(Throwable cause);
    }

    /**
     * Prepares a stream.
     *
     * @param channel whose next write begins the response
     * @param thread of the channel
     */
    ResponseStream(ResponseChannel channel, XnioIoThread thread, Duration writeTimeout, Listener listener) {
        this.channel = channel;
        this.thread = thread;
        this.writeTimeout = writeTimeout;
        this.listener = listener;
    }

    /** Writes the head of the response, and subscribes. */
    void start(Flow.Publisher<ByteBuffer> body) {
        channel.onWritable(this::write);
        write();
        try {
            body.subscribe(this);
        } catch (Throwable e) {
            fail(e);
        }
    }

    /**
     * The exchange is over: writes nothing more, and cancels the subscription.
     *
     * @return whether the publisher was not at its end
     */
    boolean cancel() {
        stopTimer();
        if (over) {
            return false;
        }
        over = true;
        buffer = null;
        cancelSubscription();
        return !complete;
    }

    /** Writes and requests until there is nothing to write, or the socket takes no more. */
    private void write() {
        if (writing) {
            return; // Within a request: the loop below goes on.
        }
        writing = true;
        int turn = 0;
        try {
            while (!over && isTaken()) {
                if (timeout != null) {
                    listener.flows();
                    stopTimer();
                }
                if (shutDown) {
                    over = true;
                    listener.written();
                } else if (!emits()) {
                    break;
                } else if (++turn == MAX_TURN) {
                    channel.resumeWrites(); // Calls this again, after the other connections.
                    break;
                }
            }
        } catch (IOException e) {
            end();
            listener.clientGone(e);
        } catch (Throwable e) {
            fail(e);
        } finally {
            writing = false;
        }
    }

    /** Returns whether the socket has taken all that there is; if not, the channel calls {@link #write} when it takes more. */
    private boolean isTaken() throws IOException {
        ByteBuffer rest = buffer;
        while (rest != null && rest.hasRemaining()) {
            if (writeSome(rest) == 0) {
                awaitSocket();
                return false;
            }
        }
        buffer = null;
        if (complete && !shutDown) {
            shutDown = true;
            listener.ending();
            channel.shutdownWrites();
        }
        if (!channel.flush()) {
            awaitSocket();
            return false;
        }
        channel.suspendWrites();
        return true;
    }

    private int writeSome(ByteBuffer rest) throws IOException {
        ByteBuffer some = rest.slice(rest.position(), Math.min(MAX_WRITE, rest.remaining()));
        int written = channel.write(some);
        rest.position(rest.position() + written);
        return written;
    }

    private void awaitSocket() {
        if (timeout == null) {
            listener.stalled();
            timeout = thread.executeAfter(this::tooSlow, writeTimeout.toMillis(), TimeUnit.MILLISECONDS);
        }
        channel.resumeWrites();
    }

    /** Requests a buffer if none is requested; returns whether there is something to write now. */
    private boolean emits() {
        Flow.Subscription publisher = subscription.get();
        if (publisher != null && !requested && !complete) {
            requested = true;
            wanted.set(true);
            publisher.request(1);
        }
        return buffer != null || complete;
    }

    private void tooSlow() {
        if (!over) {
            end();
            listener.clientGone(new IOException("the client did not take a buffer within " + writeTimeout));
        }
    }

    private void fail(Throwable cause) {
        if (!over) {
            end();
            listener.failed(cause);
        }
    }

    private void end() {
        over = true;
        buffer = null;
        stopTimer();
        cancelSubscription();
    }

    private void stopTimer() {
        if (timeout != null) {
            timeout.remove();
            timeout = null;
        }
    }

    private void cancelSubscription() {
        Flow.Subscription publisher = subscription.get();
        if (publisher != null) {
            cancel(publisher);
        }
    }

    /** Cancels, without failing: the connection must be closed in any case. */
    private static void cancel(Flow.Subscription publisher) {
        try {
            publisher.cancel();
        } catch (Throwable e) {
            log.atWarn().setCause(e).log("A publisher failed when its stream was cancelled");
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription publisher) {
        required(publisher, "subscription");
        if (!subscription.compareAndSet(null, publisher)) {
            cancel(publisher);
            return;
        }
        run(() -> {
            if (over) {
                cancel(publisher);
            } else {
                write();
            }
        });
    }

    @Override
    public void onNext(ByteBuffer next) {
        required(next, "buffer");
        if (!wanted.compareAndSet(true, false)) {
            onError(new IllegalStateException("the publisher emits more than was requested"));
            return;
        }
        run(() -> {
            requested = false;
            if (!over) {
                buffer = next;
                write();
            }
        });
    }

    @Override
    public void onError(Throwable cause) {
        required(cause, "cause");
        if (terminated.compareAndSet(false, true)) {
            run(() -> fail(cause));
        }
    }

    @Override
    public void onComplete() {
        if (terminated.compareAndSet(false, true)) {
            run(() -> {
                complete = true;
                write();
            });
        }
    }

    /** Fails for null as {@link Flow.Subscriber} demands, and breaks the stream off, whose publisher may take no notice. */
    private void required(@Nullable Object signal, String name) {
        if (signal == null) {
            NullPointerException failure = new NullPointerException(name);
            onError(failure);
            throw failure;
        }
    }

    private void run(Runnable signal) {
        if (Thread.currentThread() == thread) {
            signal.run();
            return;
        }
        try {
            thread.execute(signal);
        } catch (RejectedExecutionException e) { // The server has stopped, and with it the connection.
            cancelSubscription();
        }
    }
}
