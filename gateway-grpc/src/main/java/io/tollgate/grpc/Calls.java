package io.tollgate.grpc;

import static java.util.Objects.requireNonNull;

import io.grpc.CallOptions;
import io.grpc.Channel;
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

/** How calls are made to one upstream: over which channel, how long they may take, and whether they may pass at all. */
final class Calls {
    static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(5);
    static final Duration LONGEST_DEADLINE = Duration.ofHours(1);

    private final String upstream;
    private final Channel channel;
    private final long deadlineNanos;
    private final Breaker breaker;

    Calls(String upstream, Channel channel, Duration deadline, Breaker breaker) {
        this.upstream = upstream;
        this.channel = requireNonNull(channel, "channel");
        this.deadlineNanos = Expect.within("deadline", deadline, Duration.ofMillis(1), LONGEST_DEADLINE)
                .toNanos();
        this.breaker = breaker;
    }

    /**
     * Makes a call.
     *
     * @param answer what becomes of the answer; throws the error that a bad one is
     * @param refusal the error that a failure is
     */
    <Q, A, R> CompletionStage<R> unary(
            MethodDescriptor<Q, A> method,
            Q request,
            CallContext context,
            Function<A, R> answer,
            Function<CallFailure, GatewayException> refusal) {
        String name = name(method);
        long nanos = timeLeft(context);
        if (context.isCancelled() || nanos <= 0) {
            Status status = context.isCancelled()
                    ? Status.CANCELLED.withDescription("cancelled before the call was made")
                    : Status.DEADLINE_EXCEEDED.withDescription("no time was left to make the call");
            return failed(refusal.apply(CallFailure.local(name, status)));
        }
        Breaker.Permit permit = breaker.acquire();
        if (permit == Breaker.Permit.REFUSED) {
            return failed(GrpcErrors.circuitOpen(breaker.retryAfter()));
        }
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(nanos, TimeUnit.NANOSECONDS);
        return new UnaryCall<>(method, name, answer, refusal, breaker, permit)
                .start(channel, options, request, context);
    }

    /** For the log: {@code user-service Login}. */
    String name(MethodDescriptor<?, ?> method) {
        return upstream + " " + method.getBareMethodName();
    }

    private long timeLeft(CallContext context) {
        OptionalLong deadline = context.deadlineNanos();
        return deadline.isPresent() ? Math.min(deadlineNanos, deadline.getAsLong() - System.nanoTime()) : deadlineNanos;
    }

    private static <R> CompletionStage<R> failed(GatewayException error) {
        return CompletableFuture.<R>failedFuture(error).minimalCompletionStage();
    }
}
