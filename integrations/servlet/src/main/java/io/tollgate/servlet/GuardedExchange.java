package io.tollgate.servlet;

import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.Rejected;
import io.tollgate.api.http.ErrorRenderer;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RequestIds;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way through one filter: waits for its admission, is handled in one dispatch or several, and is settled once.
 * An attribute of the request leads to it, so that the filter recognises the request in later dispatches.
 */
final class GuardedExchange implements AsyncListener {
    private enum Phase {
        /** Without a thread, until the guard decides. */
        WAITING,
        /** Dispatched; the filter is to be called again. */
        RESUMING,
        /** Being handled or rejected, in this dispatch or a later one. */
        DECIDED,
        /** Over, before the guard decided. */
        LEFT
    }

    private final RequestReport report;
    private final CompletableFuture<Admission> judged;
    private final HttpServletResponse response;
    private final ErrorRenderer errors;
    private final boolean usesToken;
    private final AsyncMapping mapping;
    private @Nullable GatewayException unusable;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.DECIDED);

    /** The path by which the container mapped the request before it waited. */
    private Optional<String> mappedPath = Optional.empty();

    private boolean handled;
    /** The number of times that handlers have started asynchronous work; only read and written in dispatches, one after another. */
    private int cycles;
    /** The reason why asynchronous work ended without a response. */
    private volatile @Nullable ErrorCode failure;

    /**
     * Creates the exchange of a request that the guard judges.
     *
     * @param unusable the error to respond with although the guard admits the request; null if it is to be handled
     * @param usesToken whether the guard finds the user, by a token; else the container knows the user already
     */
    GuardedExchange(
            RequestReport report,
            CompletableFuture<Admission> judged,
            HttpServletResponse response,
            ErrorRenderer errors,
            @Nullable GatewayException unusable,
            boolean usesToken,
            AsyncMapping mapping) {
        this.report = report;
        this.judged = judged;
        this.response = response;
        this.errors = errors;
        this.unusable = unusable;
        this.usesToken = usesToken;
        this.mapping = mapping;
    }

    // Waiting

    /** Waits for the decision on this thread; returns whether it is there, or else this thread was interrupted. */
    boolean await() {
        try {
            judged.get();
        } catch (ExecutionException e) {
            return true; // The admission throws it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            phase.set(Phase.LEFT);
            abandon();
            return false;
        }
        return true;
    }

    /** Waits for the decision without a thread: then, the container dispatches the request once more. */
    void suspend(HttpServletRequest request) {
        AsyncContext context = start(request, Phase.WAITING);
        decision().whenComplete((admission, failure) -> {
            if (phase.compareAndSet(Phase.WAITING, Phase.RESUMING)) {
                resume(context);
            } else if (admission != null) {
                abandon(admission);
            }
        });
    }

    /** Dispatches a request that is admitted, to learn whether the filter is called again. */
    void dispatch(HttpServletRequest request) {
        start(request, Phase.RESUMING).dispatch();
    }

    private AsyncContext start(HttpServletRequest request, Phase next) {
        mappedPath = MappedPath.decoded(request);
        phase.set(next);
        try {
            AsyncContext context = request.startAsync(wrap(request), wrap(response));
            context.addListener(this);
            return context;
        } catch (IllegalStateException e) {
            phase.set(Phase.LEFT);
            abandon();
            throw e; // A filter in front said that the request supports it.
        }
    }

    private void resume(AsyncContext context) {
        try {
            context.dispatch();
        } catch (IllegalStateException e) {
            // The container has given the request up meanwhile.
            if (phase.compareAndSet(Phase.RESUMING, Phase.LEFT)) {
                abandon();
            }
        }
    }

    /**
     * Returns whether this is the dispatch after the decision; false for those of handlers. If it leads to another path than
     * the guard has judged, the request becomes {@link #unusable}.
     */
    boolean isResumed(HttpServletRequest request) {
        if (!phase.compareAndSet(Phase.RESUMING, Phase.DECIDED)) {
            return false;
        }
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            mapping.seen();
        }
        if (unusable == null && !mappedPath.equals(MappedPath.decoded(request))) {
            unusable = MappedPath.ambiguous();
        }
        return true;
    }

    private void abandon() {
        decision().thenAccept(GuardedExchange::abandon);
    }

    /** Returns the decision as a stage, whose dependents nobody waits for. */
    private CompletionStage<Admission> decision() {
        return judged;
    }

    private static void abandon(Admission admission) {
        if (admission instanceof Admitted admitted) {
            admitted.abandon();
        }
    }

    // Handling

    boolean isJudged() {
        return judged.isDone();
    }

    /** Returns whether the request is to be handled. */
    boolean isAdmitted() {
        return unusable == null && admitted() != null;
    }

    /** Lets the request reach its handler. */
    void handle() {
        handled = true;
    }

    /** Returns whether the request has reached its handler. */
    boolean isHandled() {
        return handled;
    }

    /** Returns the error to respond with although the guard admits the request; null if it is to be handled. */
    @Nullable
    GatewayException unusable() {
        return unusable;
    }

    /**
     * Returns the decision, which is there.
     *
     * @throws CompletionException if there is none, since the guard failed
     */
    Admission admission() {
        return judged.join();
    }

    /** Returns the user of the token; null without one. */
    @Nullable
    Principal tokenUser() {
        Admitted admitted = usesToken ? admitted() : null;
        return admitted == null ? null : admitted.principal().orElse(null);
    }

    /** Writes the headers that every response to the request must have. */
    void writeHeaders(HttpServletResponse to) {
        to.setHeader(RequestIds.HEADER, report.requestId());
        Admitted admitted = admitted();
        if (admitted != null) {
            admitted.forEachHeader(to::setHeader);
        }
    }

    /** Returns the request as handlers see it. */
    HttpServletRequest wrap(HttpServletRequest request) {
        return AdmittedRequest.isIn(request, this) ? request : new AdmittedRequest(request, this);
    }

    /** Returns the response as handlers see it. */
    HttpServletResponse wrap(HttpServletResponse to) {
        return AdmittedResponse.isIn(to, this) ? to : new AdmittedResponse(to, this);
    }

    /** Returns how often asynchronous work was started so far. */
    int cycles() {
        return cycles;
    }

    /** Settles the request at the end of asynchronous work that a handler starts. */
    AsyncContext watch(AsyncContext context) {
        cycles++;
        context.addListener(this);
        return context;
    }

    // The end

    /** Responds to a request that the guard rejected. */
    void reject(Rejected rejected) throws IOException {
        GatewayException error = rejected.error();
        report.finished(rejected, error.code(), error.code().httpStatus());
        ResponseWriter.write(
                rejected.response(errors, report.requestId()), report.head().method(), response);
    }

    /** Responds to a request that is not handled for another reason. */
    void reject(GatewayException error) throws IOException {
        Admitted admitted = admitted();
        if (admitted != null) {
            admitted.settle(error.code()).toCompletableFuture().join();
        }
        report.finished(admitted, error.code(), error.code().httpStatus());
        HttpResponse rendered = errors.render(error, report.head(), report.requestId());
        ResponseWriter.write(
                admitted == null ? rendered : admitted.complete(rendered),
                report.head().method(),
                response);
    }

    /** Settles a request whose last dispatch ends, by its status; the response has all headers afterwards. */
    void finish() {
        Admitted admitted = admitted();
        if (admitted != null) {
            int before = admitted.decisions().decisions().size();
            admitted.settle(status()).toCompletableFuture().join();
            if (admitted.decisions().decisions().size() > before && !response.isCommitted()) {
                writeHeaders(response);
            }
        }
        report.finished(admitted, null, status());
    }

    /** Settles a request whose handler threw. If the client may have left with half a response, the outcome is unknown. */
    void fail(@Nullable Throwable thrown) {
        Admitted admitted = admitted();
        if (admitted != null) {
            if (thrown instanceof IOException && response.isCommitted()) {
                admitted.close();
            } else {
                admitted.settle(500);
            }
        }
        report.finished(admitted, CommonError.INTERNAL_SERVER_ERROR, 500);
    }

    /** Returns the status of the response, as one that is final. */
    private int status() {
        int status = response.getStatus();
        return status < 200 ? 200 : status > 599 ? 500 : status;
    }

    /** Returns the admission; null for a request that is rejected, or not judged yet: an error page may ask before. */
    private @Nullable Admitted admitted() {
        return judged.isDone() && !judged.isCompletedExceptionally() && judged.join() instanceof Admitted admitted
                ? admitted
                : null;
    }

    @Override
    public void onComplete(AsyncEvent event) {
        Phase last = phase.getAndSet(Phase.LEFT);
        if (last == Phase.RESUMING) {
            mapping.unseen();
        }
        Admitted admitted = admitted();
        if (admitted != null && (last == Phase.RESUMING || last == Phase.DECIDED)) {
            admitted.settle(status()); // Not waited for: this may be a thread of the limiter.
        }
        report.finished(admitted, failure, status());
    }

    @Override
    public void onTimeout(AsyncEvent event) throws IOException {
        if (phase.compareAndSet(Phase.WAITING, Phase.LEFT)) {
            try {
                reject(tooLate());
            } finally {
                event.getAsyncContext().complete();
            }
        } else if (phase.get() == Phase.DECIDED) {
            close(CommonError.REQUEST_TIMEOUT);
        }
    }

    @Override
    public void onError(AsyncEvent event) {
        if (phase.compareAndSet(Phase.WAITING, Phase.LEFT)) {
            return;
        }
        if (event.getThrowable() instanceof IOException) {
            close(CommonError.UNKNOWN_ERROR);
        } else {
            fail(event.getThrowable());
        }
    }

    /** Settles a request whose outcome is unknown: the handler has not responded in time, or the client has left. */
    private void close(ErrorCode reason) {
        failure = reason;
        Admitted admitted = admitted();
        if (admitted != null) {
            admitted.close();
        }
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // The request is watched where it starts.
    }

    /** Returns the error of a request for which there is no decision in time. */
    static GatewayException tooLate() {
        return GatewayException.of(CommonError.SERVICE_UNAVAILABLE, "The request could not be judged in time.");
    }
}
