package io.tollgate.runner.http;

import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.undertow.ServerEndpoint;
import io.tollgate.undertow.ServerExchange;
import io.tollgate.undertow.ServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The course of one request: the headers that its response owes, its deadline, its cancellation and its end. Thread-safe,
 * since a deadline or a client that leaves may end it at any time.
 */
public final class Exchange implements ServerExchange {
    /** For failures of the outermost filter, which must have none. */
    private static final Errors FALLBACK = new Errors(ErrorRenderer.envelope());

    private final ServerRequest source;
    private final Request request;
    private final Endpoint endpoint;
    private final int maxBodySize;
    private final Cancellation cancellation = new Cancellation();
    private final List<String> owed = new ArrayList<>(24);

    private volatile Deadline.@Nullable Timer deadline;
    private volatile boolean called;
    private volatile boolean abandoned;
    private @Nullable Runnable onEnd;
    private boolean ended;

    Exchange(ServerRequest source, Request request, Endpoint endpoint, int maxBodySize) {
        this.source = source;
        this.request = request;
        this.endpoint = endpoint;
        this.maxBodySize = maxBodySize;
    }

    /**
     * Returns the exchanges of a server to whose requests {@code endpoint} responds.
     *
     * @param maxBodySize of the gateway's own routes, in bytes; those of exposed services have limits of their own
     */
    public static ServerEndpoint of(Endpoint endpoint, int maxBodySize) {
        return request -> new Request(request, endpoint, maxBodySize).exchange();
    }

    @Override
    public CompletionStage<HttpResponse> respond() {
        return endpoint.handle(request);
    }

    @Override
    public HttpResponse failed(Throwable failure) {
        return FALLBACK.response(request, failure);
    }

    @Override
    public void forEachLogField(BiConsumer<String, String> sink) {
        LogFields.forEach(request.log(), sink);
    }

    /** Adds a header that the response owes, whatever it will be; an earlier one of that name is replaced. */
    void owe(String name, String value) {
        synchronized (owed) {
            for (int i = 0; i < owed.size(); i += 2) {
                if (owed.get(i).equals(name)) {
                    owed.set(i + 1, value);
                    return;
                }
            }
            owed.add(name);
            owed.add(value);
        }
    }

    @Override
    public void forEachHeader(BiConsumer<String, String> sink) {
        synchronized (owed) {
            for (int i = 0; i < owed.size(); i += 2) {
                sink.accept(owed.get(i), owed.get(i + 1));
            }
        }
    }

    /** Runs {@code task} once, that long from now; the result cancels it. */
    CallContext.Registration schedule(long millis, Runnable task) {
        return source.schedule(millis, task);
    }

    void deadline(Deadline.Timer timer) {
        this.deadline = timer;
    }

    Deadline.@Nullable Timer deadline() {
        return deadline;
    }

    /** Returns {@code context} with the deadline and the cancellation of this exchange. */
    CallContext limit(CallContext context) {
        CallContext limited = context.withCancellation(cancellation);
        Deadline.Timer timer = deadline;
        return timer == null ? limited : timer.limit(limited);
    }

    /** Fails if the client asks for no proper time, or if there is none left to call a service. */
    void requireTime() {
        Deadline.Timer timer = deadline;
        if (timer != null) {
            timer.check();
        }
    }

    /** Returns whether the client gave less time than the response took. */
    boolean isHurried() {
        Deadline.Timer timer = deadline;
        return timer != null && timer.clientsTimePassed();
    }

    /** Returns the limit of the bodies of the gateway's own routes, in bytes. */
    int maxBodySize() {
        return maxBodySize;
    }

    /** A service is about to be called. */
    void calling() {
        called = true;
    }

    /** Returns whether a service has been called, or is about to be. */
    boolean called() {
        return called;
    }

    /** Cancels what is done for the client. */
    @Override
    public void onClientGone() {
        abandoned = true;
        cancel();
    }

    /** Returns whether the client left before the response, or did not want to wait for it. */
    boolean isAbandoned() {
        return abandoned || isHurried();
    }

    /** Nobody waits for the response any more: cancels what is done for it. */
    public void cancel() {
        cancellation.cancel();
    }

    /** Runs {@code task} when the response is known, or will never be; at once if that is so. */
    void onEnd(Runnable task) {
        synchronized (this) {
            if (!ended) {
                Runnable before = onEnd;
                onEnd = before == null
                        ? task
                        : () -> {
                            before.run();
                            task.run();
                        };
                return;
            }
        }
        task.run();
    }

    /** Runs the tasks of {@link #onEnd(Runnable)}; does nothing the second time. */
    @Override
    public void onEnd() {
        Runnable task;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            task = onEnd;
        }
        if (task != null) {
            task.run();
        }
    }
}
