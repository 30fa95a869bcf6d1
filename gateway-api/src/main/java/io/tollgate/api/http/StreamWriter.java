package io.tollgate.api.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;

/**
 * Writes a stream on a thread that waits for it. Requests one buffer at a time, and the next when {@code out} has taken that one.
 */
final class StreamWriter implements Flow.Subscriber<ByteBuffer> {
    /** Room for one buffer and for the end behind it. */
    private final BlockingQueue<Signal> signals = new ArrayBlockingQueue<>(2);

    private sealed interface Signal {
        record Subscribed(Flow.Subscription subscription) implements Signal {}

        record Next(ByteBuffer buffer) implements Signal {}

        record Failed(Throwable cause) implements Signal {}

        record Complete() implements Signal {}
    }

    private StreamWriter() {}

    /** Writes all of {@code body}; fails, and cancels, if the client leaves. */
    static void write(Flow.Publisher<ByteBuffer> body, OutputStream out) throws IOException {
        StreamWriter writer = new StreamWriter();
        body.subscribe(writer);
        Flow.Subscription subscription = ((Signal.Subscribed) writer.take()).subscription();
        try {
            out.flush(); // The head, at once.
            subscription.request(1);
            for (Signal signal = writer.take(); !(signal instanceof Signal.Complete); signal = writer.take()) {
                if (signal instanceof Signal.Failed failed) {
                    throw new IOException("the stream failed", failed.cause());
                }
                ByteBuffer buffer = ((Signal.Next) signal).buffer();
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                out.write(bytes);
                out.flush();
                subscription.request(1);
            }
        } finally {
            subscription.cancel();
        }
    }

    private Signal take() throws IOException {
        try {
            return signals.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        signals.add(new Signal.Subscribed(subscription));
    }

    @Override
    public void onNext(ByteBuffer buffer) {
        signals.add(new Signal.Next(buffer));
    }

    @Override
    public void onError(Throwable cause) {
        signals.add(new Signal.Failed(cause));
    }

    @Override
    public void onComplete() {
        signals.add(new Signal.Complete());
    }
}
