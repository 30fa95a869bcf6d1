package io.tollgate.grpc.server;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.tollgate.grpc.server.chat.Line;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a client receives of a call. */
final class Replies implements ClientResponseObserver<Line, Line> {
    /** Tens of thousands in some tests. */
    final List<Line> lines = Collections.synchronizedList(new ArrayList<>());

    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private volatile @Nullable Throwable failure;
    volatile @Nullable ClientCallStreamObserver<Line> call;
    private final @Nullable Integer window;

    Replies() {
        this(null);
    }

    /** Receives as many messages by itself, and then those that {@link #call} requests. */
    Replies(@Nullable Integer window) {
        this.window = window;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Line> started) {
        call = started;
        if (window != null) {
            started.disableAutoRequestWithInitial(window);
        }
    }

    @Override
    public void onNext(Line line) {
        lines.add(line);
    }

    @Override
    public void onError(Throwable thrown) {
        failure = thrown;
        end.complete(Status.fromThrowable(thrown));
    }

    @Override
    public void onCompleted() {
        end.complete(Status.OK);
    }

    boolean isEnded() {
        return end.isDone();
    }

    /** Waits for the end of the call. */
    Status status() {
        return end.orTimeout(60, TimeUnit.SECONDS).join();
    }

    /** Returns the failure of a call that failed. */
    StatusRuntimeException failure() {
        status();
        return (StatusRuntimeException) failure;
    }

    List<Integer> numbers() {
        return List.copyOf(lines).stream().map(Line::getNumber).toList();
    }

    static @Nullable String trailer(StatusRuntimeException failure, String name) {
        Metadata trailers = failure.getTrailers();
        return trailers == null ? null : trailers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }

    /** Returns the detail of a type; fails without one. */
    static <T extends com.google.protobuf.Message> T detail(StatusRuntimeException failure, Class<T> type)
            throws Exception {
        com.google.rpc.Status status = StatusProto.fromThrowable(failure);
        for (com.google.protobuf.Any any : status.getDetailsList()) {
            if (any.is(type)) {
                return any.unpack(type);
            }
        }
        throw new AssertionError("no " + type.getSimpleName() + " in " + status);
    }
}
