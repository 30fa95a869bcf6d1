package io.tollgate.grpc;

import static java.util.Objects.requireNonNull;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.tollgate.api.CallContext;
import io.tollgate.api.GatewayException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes the calls of one upstream: over its channel, within its deadline, and only while its circuit breaker is not open.
 *
 * @param upstream the name of the upstream, for the log
 * @param deadlineNanos the time that a call with one response may take
 * @param options makes the options of a call that may take a number of nanoseconds
 */
record Calls(String upstream, Channel channel, long deadlineNanos, Breaker breaker, LongFunction<CallOptions> options) {
    static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(5);
    static final Duration LONGEST_DEADLINE = Duration.ofHours(1);

    /** The status of a call that is not made since its time has passed. */
    static final Status NO_TIME_LEFT = Status.DEADLINE_EXCEEDED.withDescription("no time was left to make the call");

    Calls {
        requireNonNull(channel, "channel");
    }

    static Calls of(String upstream, Channel channel, Duration deadline, Breaker breaker) {
        return of(upstream, channel, deadline, breaker, SharedDeadlines::own);
    }

    static Calls of(
            String upstream, Channel channel, Duration deadline, Breaker breaker, LongFunction<CallOptions> options) {
        long nanos = Expect.within("deadline", deadline, Duration.ofMillis(1), LONGEST_DEADLINE)
                .toNanos();
        return new Calls(upstream, channel, nanos, breaker, options);
    }

    /**
     * Makes a call with one request and one response.
     *
     * @param response makes the result of the response, or throws the error that an unusable one is
     * @param failure makes the error of a call that failed
     */
    <Q, A, R> CompletionStage<R> unary(
            MethodDescriptor<Q, A> method,
            Q request,
            CallContext context,
            Function<A, R> response,
            Function<CallFailure, GatewayException> failure) {
        long nanos = timeLeft(context);
        if (context.isCancelled() || nanos <= 0) {
            return failed(failure.apply(CallFailure.local(name(method), tooLate(context))));
        }
        Breaker.Permit permit = breaker.acquire();
        if (permit == null) {
            return failed(GrpcErrors.circuitOpen(breaker.retryAfter()));
        }
        return new UnaryCall<>(this, method, response, failure, permit, isHurried(context))
                .start(options.apply(nanos), request, context);
    }

    /** Returns whether the client gives so little time that a late response is no evidence against the upstream. */
    boolean isHurried(CallContext context) {
        return context.hasClientDeadline() && !isFairTime(timeLeft(context), deadlineNanos);
    }

    /**
     * Returns whether an upstream that has not responded after this time is to blame, even if a client chose the time: clients may choose
     * one that nobody could keep.
     */
    static boolean isFairTime(long nanos, long deadlineNanos) {
        return nanos >= deadlineNanos / 2;
    }

    /** Returns the upstream and the method, for the log: {@code user-service Login}. */
    String name(MethodDescriptor<?, ?> method) {
        return upstream + " " + method.getBareMethodName();
    }

    /** Returns the status of a call that is not made since {@code context} is cancelled, or else its time has passed. */
    static Status tooLate(CallContext context) {
        return context.isCancelled()
                ? Status.CANCELLED.withDescription("cancelled before the call was made")
                : NO_TIME_LEFT;
    }

    /** Returns the deadline of {@code context}, if it has one. */
    static @Nullable Deadline deadline(CallContext context) {
        OptionalLong deadline = context.deadlineNanos();
        return deadline.isPresent()
                ? Deadline.after(deadline.getAsLong() - System.nanoTime(), TimeUnit.NANOSECONDS)
                : null;
    }

    private long timeLeft(CallContext context) {
        OptionalLong deadline = context.deadlineNanos();
        return deadline.isPresent() ? Math.min(deadlineNanos, deadline.getAsLong() - System.nanoTime()) : deadlineNanos;
    }

    private static <R> CompletionStage<R> failed(GatewayException error) {
        return CompletableFuture.<R>failedFuture(error).minimalCompletionStage();
    }
}
