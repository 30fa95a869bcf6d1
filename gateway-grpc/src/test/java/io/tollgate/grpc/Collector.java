package io.tollgate.grpc;

import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Collects the responses of a stub, and the end of its call. */
class Collector<T> implements StreamObserver<T> {
    final List<T> received = new CopyOnWriteArrayList<>();
    final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();

    @Override
    public void onNext(T value) {
        received.add(value);
    }

    @Override
    public void onError(Throwable error) {
        end.completeExceptionally(error);
    }

    @Override
    public void onCompleted() {
        end.complete(null);
    }
}
