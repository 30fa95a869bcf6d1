package io.tollgate.servlet;

import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Knows whether the container calls the filter again when a request that waited is dispatched. Only then may the filter let a
 * request wait without a thread: the second call writes the rejection of a request, and without it the handler would run.
 *
 * <p>The Servlet API does not tell how a filter is mapped, so the filter finds out with the first request that has to wait:
 * that one waits on its thread, and is dispatched once it is admitted. A filter with several mappings, which might differ,
 * always waits on the thread.
 */
final class AsyncMapping {
    private static final System.Logger log = System.getLogger(AsyncMapping.class.getPackageName());

    private enum State {
        /** The next request that waits shows it. */
        UNKNOWN,
        /** The filter is called again. */
        MAPPED,
        /** It is not, or perhaps not always. */
        UNMAPPED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.UNKNOWN);

    /** Reads the mappings of a filter that starts. */
    void read(FilterConfig config) {
        FilterRegistration registration =
                config.getServletContext().getFilterRegistration(String.valueOf(config.getFilterName()));
        if (registration != null && mappings(registration) > 1 && become(State.UNMAPPED)) {
            log.log(
                    Level.INFO,
                    "The filter has several mappings: waits for the limiter on the threads of the container. For"
                            + " asynchronous waiting, give it one mapping, or register it by GuardFilter.register");
        }
    }

    private static int mappings(FilterRegistration registration) {
        return registration.getUrlPatternMappings().size()
                + registration.getServletNameMappings().size();
    }

    /** Records that the filter was mapped by its own code. */
    void mapped() {
        state.set(State.MAPPED);
    }

    /** Records that the filter was called for the dispatch of a request. */
    void seen() {
        become(State.MAPPED);
    }

    /** Records that a request ended without that call. */
    void unseen() {
        if (become(State.UNMAPPED)) {
            log.log(
                    Level.WARNING,
                    "The filter is not mapped to the dispatcher type ASYNC: waits for the limiter on the threads of the"
                            + " container. Map it to REQUEST and ASYNC");
        }
    }

    private boolean become(State known) {
        return state.get() == State.UNKNOWN && state.compareAndSet(State.UNKNOWN, known);
    }

    boolean isMapped() {
        return state.get() == State.MAPPED;
    }

    boolean isUnknown() {
        return state.get() == State.UNKNOWN;
    }
}
