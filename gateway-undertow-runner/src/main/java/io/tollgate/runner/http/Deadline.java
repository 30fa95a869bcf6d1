package io.tollgate.runner.http;

import io.tollgate.api.CallContext;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.RequestTimeout;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends requests whose response does not come in time: cancels what is done for them, and fails with {@code REQUEST_TIMEOUT}.
 * A request whose response is there at once costs no timer; any other has one, whatever deadlines it has.
 */
public final class Deadline implements Filter {
    private final long timeoutNanos;
    private final Map<String, Duration> byRoute;

    /**
     * Gives each request {@code timeout}, counted anew when its body has been read, and no more than its route and its client
     * give, from its arrival on.
     *
     * @param byRoute by the template of the route
     */
    public Deadline(Duration timeout, Map<String, Duration> byRoute) {
        this.timeoutNanos = timeout.toNanos();
        this.byRoute = Map.copyOf(byRoute);
    }

    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        Timer timer = new Timer(request.exchange(), timeoutNanos);
        Route route = request.match().route();
        if (route != null && !route.local()) {
            Duration own = route.deadline();
            timer.bound(
                    request, own != null ? own : byRoute.get(route.template().toString()));
        } else if (request.match().transcoded() != null) {
            timer.bound(request, null); // The methods have deadlines of their own.
        }
        request.exchange().deadline(timer);
        CompletableFuture<HttpResponse> answer = next.handle(request).toCompletableFuture();
        return answer.isDone() ? answer : timer.race(answer);
    }

    /** The deadline of one request. */
    static final class Timer {
        private static final long ENDLESS = Long.MAX_VALUE / 4;

        private final Exchange exchange;
        private long timeoutNanos;
        // Written before the request goes on.
        private boolean bounded;
        private boolean ofClient;
        private long boundNanos;
        private @Nullable GatewayException malformed;

        private long atNanos;
        private boolean paused;
        private volatile boolean expired;
        private @Nullable CompletableFuture<HttpResponse> race;
        private CallContext.@Nullable Registration scheduled;
        private long scheduledNanos;

        private Timer(Exchange exchange, long timeoutNanos) {
            this.exchange = exchange;
            this.timeoutNanos = timeoutNanos;
            this.atNanos = System.nanoTime() + timeoutNanos;
        }

        private void bound(Request request, @Nullable Duration ofRoute) {
            Duration bound = ofRoute;
            try {
                Duration given = RequestTimeout.of(request).orElse(null);
                if (given != null && (bound == null || given.compareTo(bound) < 0)) {
                    bound = given;
                    ofClient = true;
                }
            } catch (GatewayException e) {
                malformed = e; // The request is charged before it is rejected.
            }
            if (bound != null) {
                bounded = true;
                boundNanos = request.arrivedNanos() + RequestTimeout.nanos(bound);
            }
        }

        /** Gives the response at least this time, from now on; all the time that it needs if it is empty. */
        synchronized void extend(Optional<Duration> time) {
            timeoutNanos = Math.max(timeoutNanos, time.map(Duration::toNanos).orElse(ENDLESS));
            atNanos = System.nanoTime() + timeoutNanos;
            arm();
        }

        /** Returns {@code context} with this deadline. */
        synchronized CallContext limit(CallContext context) {
            long earliest = earliestNanos();
            return ofClient && earliest == boundNanos
                    ? context.withClientDeadlineNanos(earliest)
                    : context.withDeadlineNanos(earliest);
        }

        /** Returns whether the time that the client gave has passed. */
        boolean clientsTimePassed() {
            return ofClient && boundNanos - System.nanoTime() <= 0;
        }

        /** Fails if the client asks for no proper time, if there is none left, or if the request has timed out already. */
        void check() {
            if (malformed != null) {
                throw malformed;
            }
            if (expired || (bounded && boundNanos - System.nanoTime() <= 0)) {
                throw CallContext.timeout();
            }
        }

        /** Stops the time of the gateway, while that of the route and of the client goes on. */
        synchronized void pause() {
            paused = true;
            arm();
        }

        synchronized void restart() {
            paused = false;
            atNanos = System.nanoTime() + timeoutNanos;
            arm();
        }

        private CompletionStage<HttpResponse> race(CompletableFuture<HttpResponse> answer) {
            CompletableFuture<HttpResponse> first = new CompletableFuture<>();
            synchronized (this) {
                race = first;
                arm();
            }
            CompletableFuture<HttpResponse> unused = answer.whenComplete((response, failure) -> {
                synchronized (this) {
                    race = null;
                    disarm();
                }
                if (failure == null) {
                    first.complete(response);
                } else {
                    first.completeExceptionally(failure);
                }
            });
            return first;
        }

        private long earliestNanos() {
            return bounded && (paused || boundNanos - atNanos < 0) ? boundNanos : atNanos;
        }

        /** Sees to it that the deadline is looked at when it has come. A timer that ends earlier does that, and is left. */
        private void arm() {
            if (race == null || isEndless()) {
                return;
            }
            long due = earliestNanos();
            if (scheduled == null || scheduledNanos - due > 0) {
                disarm();
                long millis = TimeUnit.NANOSECONDS.toMillis(due - System.nanoTime()) + 1;
                scheduledNanos = due;
                scheduled = exchange.schedule(Math.max(1, millis), this::expire);
            }
        }

        private boolean isEndless() {
            return !bounded && (paused || timeoutNanos == ENDLESS);
        }

        private void disarm() {
            if (scheduled != null) {
                scheduled.close();
                scheduled = null;
            }
        }

        private void expire() {
            CompletableFuture<HttpResponse> late;
            synchronized (this) {
                scheduled = null;
                if (race == null || isEndless() || earliestNanos() - System.nanoTime() > 0) {
                    arm();
                    return;
                }
                late = race;
                race = null;
                expired = true;
            }
            late.completeExceptionally(CallContext.timeout());
            exchange.cancel();
        }
    }
}
