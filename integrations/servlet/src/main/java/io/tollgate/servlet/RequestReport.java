package io.tollgate.servlet;

import io.tollgate.api.ErrorCode;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Tells a listener when a request begins, and once how it ends. */
final class RequestReport {
    /** The listener of a filter without one. */
    static final RequestListener SILENT = new RequestListener() {};

    private final RequestListener listener;
    private final ServletHead head;
    private final String requestId;
    private final Optional<String> route;
    private final long began;
    private final AtomicBoolean finished = new AtomicBoolean();

    RequestReport(RequestListener listener, ServletHead head, String requestId, Optional<String> route) {
        this.listener = listener;
        this.head = head;
        this.requestId = requestId;
        this.route = route;
        this.began = listener == SILENT ? 0 : System.nanoTime();
    }

    ServletHead head() {
        return head;
    }

    String requestId() {
        return requestId;
    }

    void started() {
        listener.started(head);
    }

    /**
     * Reports the end; later calls do nothing.
     *
     * @param admission null if the request could not be judged
     * @param error the error that the request ended with; null if it is only known by its status
     */
    void finished(@Nullable Admission admission, @Nullable ErrorCode error, int status) {
        if (listener != SILENT && !finished.getAndSet(true)) {
            listener.finished(new ServletSummary(
                    head,
                    requestId,
                    route,
                    admission,
                    error,
                    HttpResponse.empty(status),
                    System.nanoTime() - began));
        }
        head.end();
    }
}
