package io.tollgate.undertow;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/** A publisher that emits buffers of one size, as many as are requested, until it is cancelled. */
final class EndlessStream implements Flow.Publisher<ByteBuffer>, Flow.Subscription {
    private final Executor threads;
    private final byte[] bytes;
    final AtomicLong emitted = new AtomicLong();
    final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    private volatile Flow.Subscriber<? super ByteBuffer> subscriber;

    EndlessStream(Executor threads, int size) {
        this.threads = threads;
        this.bytes = new byte[size];
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> to) {
        subscriber = to;
        to.onSubscribe(this);
    }

    @Override
    public void request(long n) {
        threads.execute(() -> {
            for (long i = 0; i < n && !cancelled.isDone(); i++) {
                emitted.incrementAndGet();
                subscriber.onNext(ByteBuffer.wrap(bytes));
            }
        });
    }

    @Override
    public void cancel() {
        cancelled.complete(null);
    }
}
