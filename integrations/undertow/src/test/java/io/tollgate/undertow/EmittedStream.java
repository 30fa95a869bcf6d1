package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A publisher whose signals the test decides. */
final class EmittedStream implements Flow.Publisher<ByteBuffer>, Flow.Subscription {
    final AtomicInteger subscriptions = new AtomicInteger();
    final AtomicInteger requested = new AtomicInteger();
    final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    private final Semaphore demand = new Semaphore(0);
    private final CompletableFuture<Flow.Subscriber<? super ByteBuffer>> subscriber = new CompletableFuture<>();

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> to) {
        subscriptions.incrementAndGet();
        to.onSubscribe(this);
        subscriber.complete(to);
    }

    @Override
    public void request(long n) {
        requested.addAndGet((int) n);
        demand.release((int) n);
    }

    @Override
    public void cancel() {
        cancelled.complete(null);
    }

    Flow.Subscriber<? super ByteBuffer> subscriber() throws Exception {
        return subscriber.get(20, TimeUnit.SECONDS);
    }

    /** Emits, as soon as that is requested. */
    void emit(String text) throws Exception {
        emit(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    void emit(ByteBuffer buffer) throws Exception {
        if (!demand.tryAcquire(20, TimeUnit.SECONDS)) {
            throw new AssertionError("nothing is requested");
        }
        subscriber().onNext(buffer);
    }

    void awaitCancelled() throws Exception {
        cancelled.get(20, TimeUnit.SECONDS);
    }
}
