package io.tollgate.examples.services.server;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Answers a unary call with what a stage comes to. */
public final class Answers {
    private Answers() {}

    /** Sends the value or the failure of the stage that {@code work} returns, or what {@code work} throws. */
    public static <T> void send(StreamObserver<T> observer, Supplier<CompletionStage<T>> work) {
        // Without a handler of its own an observer throws when it is used after the caller went away.
        ((ServerCallStreamObserver<T>) observer).setOnCancelHandler(() -> {});
        CompletionStage<T> answer;
        try {
            answer = work.get();
        } catch (RuntimeException e) {
            observer.onError(e);
            return;
        }
        answer.whenComplete((value, failure) -> {
            if (failure == null) {
                observer.onNext(value);
                observer.onCompleted();
            } else {
                observer.onError(withoutWrapper(failure));
            }
        });
    }

    private static Throwable withoutWrapper(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
