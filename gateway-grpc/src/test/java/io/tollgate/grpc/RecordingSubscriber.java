package io.tollgate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Records what it is sent, and breaches of the rules of Reactive Streams. */
class RecordingSubscriber<T> implements Flow.Subscriber<T> {
    final List<T> received = new CopyOnWriteArrayList<>();
    final List<String> breaches = new CopyOnWriteArrayList<>();

    private final Consumer<Flow.Subscription> first;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicInteger inside = new AtomicInteger();
    private volatile Flow.Subscription subscription;

    /** Requests nothing by itself. */
    RecordingSubscriber() {
        this(subscription -> {});
    }

    /** Does {@code first} with its subscription while it is subscribed. */
    RecordingSubscriber(Consumer<Flow.Subscription> first) {
        this.first = first;
    }

    static <T> RecordingSubscriber<T> requesting(long n) {
        return new RecordingSubscriber<>(subscription -> subscription.request(n));
    }

    Flow.Subscription subscription() {
        return subscription;
    }

    boolean isEnded() {
        return ended.isDone();
    }

    /** Waits for the completion. */
    List<T> all() throws ExecutionException, InterruptedException, TimeoutException {
        ended.get(30, TimeUnit.SECONDS);
        assertThat(breaches).isEmpty();
        return received;
    }

    /** Waits for the error. */
    Throwable error() throws InterruptedException, TimeoutException {
        try {
            ended.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            assertThat(breaches).isEmpty();
            return e.getCause();
        }
        throw new AssertionError("completed, after " + received.size());
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        if (subscription != null) {
            breaches.add("subscribed twice");
        }
        subscription = given;
        first.accept(given);
    }

    @Override
    public void onNext(T item) {
        signal("onNext", () -> received.add(item));
    }

    @Override
    public void onError(Throwable error) {
        signal("onError", () -> ended.completeExceptionally(error));
    }

    @Override
    public void onComplete() {
        signal("onComplete", () -> ended.complete(null));
    }

    private void signal(String name, Runnable record) {
        if (subscription == null) {
            breaches.add(name + " before onSubscribe");
        }
        if (ended.isDone()) {
            breaches.add(name + " after the end");
        }
        if (inside.incrementAndGet() > 1) {
            breaches.add(name + " during another signal");
        }
        record.run();
        inside.decrementAndGet();
    }
}
