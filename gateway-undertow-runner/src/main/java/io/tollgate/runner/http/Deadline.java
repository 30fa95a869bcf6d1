package io.tollgate.runner.http;

import io.tollgate.api.CallContext;
import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import io.tollgate.api.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends requests whose response does not come in time: cancels what is done for them, and fails with {@code REQUEST_TIMEOUT}.
 * A request whose response is there at once costs no timer.
 */
public final class Deadline implements Filter {
    private final long timeoutNanos;

    /** Gives each request {@code timeout}, counted anew when its body has been read. */
    public Deadline(Duration timeout) {
        this.timeoutNanos = timeout.toNanos();
    }

    @Override
    public CompletionStage<HttpResponse> apply(Request request, Endpoint next) {
        Timer timer = new Timer(request.exchange(), timeoutNanos);
        request.exchange().deadline(timer);
        CompletableFuture<HttpResponse> answer = next.handle(request).toCompletableFuture();
        return answer.isDone() ? answer : timer.race(answer);
    }

    /** The deadline of one request. */
    static final class Timer {
        private static final long ENDLESS = Long.MAX_VALUE / 4;

        private final Exchange exchange;
        private long timeoutNanos;
        private long atNanos;
        private boolean paused;
        private @Nullable CompletableFuture<HttpResponse> race;
        private CallContext.@Nullable Registration scheduled;

        private Timer(Exchange exchange, long timeoutNanos) {
            this.exchange = exchange;
            this.timeoutNanos = timeoutNanos;
            this.atNanos = System.nanoTime() + timeoutNanos;
        }

        /** Returns the reading of {@link System#nanoTime()} at which the deadline passes. */
        synchronized long atNanos() {
            return atNanos;
        }

        /** Gives the response at least this time, from now on; all the time that it needs if it is empty. */
        synchronized void extend(Optional<Duration> time) {
            timeoutNanos = Math.max(timeoutNanos, time.map(Duration::toNanos).orElse(ENDLESS));
            atNanos = System.nanoTime() + timeoutNanos;
            arm();
        }

        synchronized void pause() {
            paused = true;
            disarm();
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

        private void arm() {
            disarm();
            if (race != null && !paused && timeoutNanos != ENDLESS) {
                long millis = TimeUnit.NANOSECONDS.toMillis(atNanos - System.nanoTime()) + 1;
                scheduled = exchange.schedule(Math.max(1, millis), this::expire);
            }
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
                if (paused || race == null || atNanos - System.nanoTime() > 0) {
                    return;
                }
                late = race;
                race = null;
            }
            late.completeExceptionally(GatewayException.of(
                    CommonError.REQUEST_TIMEOUT, "The request got no response in time. Please try again later."));
            exchange.cancel();
        }
    }
}
