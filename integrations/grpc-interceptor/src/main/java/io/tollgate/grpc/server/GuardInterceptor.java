package io.tollgate.grpc.server;

import static java.util.Objects.requireNonNull;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.guard.RouteRules;
import io.tollgate.api.http.RequestIds;
import io.tollgate.api.token.AccessRule;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates and limits the calls of a gRPC server:
 *
 * <pre>{@code
 * Server server = ServerBuilder.forPort(50_051)
 *         .executor(handlers)
 *         .intercept(GuardInterceptor.of(guard, handlers))
 *         .addService(new Greeter())
 *         .build();
 * }</pre>
 *
 * <p>A handler sees the user in its context:
 *
 * <pre>{@code
 * String name = GuardInterceptor.principal().map(Principal::userId).orElse("stranger");
 * }</pre>
 *
 * <p>To the guard, a call is a {@code POST} of {@code /package.Service/Method}, which is also the route that policies and metrics
 * see. The client is the peer of the connection, or behind trusted proxies the address in the metadata {@code x-forwarded-for}; a
 * peer on this machine, such as a Unix socket, counts as the loopback address.
 *
 * <p>No thread is blocked. A call is held back by flow control until it is admitted, and then its handler starts. If the
 * decision needs no other process, that is at once, on the server's thread; otherwise it is on the executor. A rejected call ends
 * with the status and trailers of {@link io.tollgate.grpc.GrpcErrors#toStatusRuntimeException}, from which clients learn how long
 * to wait. The headers of the guard are in the headers of each response, or in the trailers if there are no headers.
 *
 * <p>The status with which a handler closes the call settles the admission. A client that leaves before its handler starts is not
 * charged for the outcome; see {@link Admitted#abandon()} and {@link Admitted#close()}. If a handler throws, the call ends with
 * {@code UNKNOWN}, as without this interceptor, or with the status of the {@link io.tollgate.api.GatewayException} that it threw.
 * So an interceptor that maps exceptions of handlers must be nearer to the handler, that is, added to the server before this one.
 *
 * <p>Thread-safe. Owns nothing that must be closed.
 */
public final class GuardInterceptor implements ServerInterceptor {
    /** The user of the call's valid token. Null if there is none, or the call is not guarded. */
    public static final Context.Key<Principal> PRINCIPAL = Context.key("tollgate-principal");

    /** The admission of the call. It is settled by the status of the call. Null if the call is not guarded. */
    public static final Context.Key<Admitted> ADMITTED = Context.key("tollgate-admitted");

    /**
     * The id of the call: the client's {@code x-request-id} if it is 1 to 128 visible ASCII characters, else a random one. The
     * response has it too. Null if the call is not guarded.
     */
    public static final Context.Key<String> REQUEST_ID = Context.key("tollgate-request-id");

    private final RequestGuard guard;
    private final RouteRules rules;
    private final Executor executor;
    private final boolean chargesMessages;

    private GuardInterceptor(Builder builder, Executor executor) {
        this.guard = builder.guard;
        this.rules = builder.rules == null ? RouteRules.all(guard.defaultRule()) : builder.rules;
        this.executor = executor;
        this.chargesMessages = builder.chargesMessages;
    }

    /**
     * Returns an interceptor whose calls all have the guard's {@linkplain RequestGuard#defaultRule() default rule}.
     *
     * @param executor the server's; see {@link Builder#executor}
     */
    public static GuardInterceptor of(RequestGuard guard, Executor executor) {
        return builder(guard).executor(executor).build();
    }

    /** Returns a builder. */
    public static Builder builder(RequestGuard guard) {
        return new Builder(guard);
    }

    /** Returns the user of the current call; empty without a valid token, and outside of a guarded call. */
    public static Optional<Principal> principal() {
        return Optional.ofNullable(PRINCIPAL.get());
    }

    /** Returns the admission of the current call; empty outside of a guarded call. */
    public static Optional<Admitted> admitted() {
        return Optional.ofNullable(ADMITTED.get());
    }

    /**
     * Returns the context for calls of services that the handler of the current call makes: with its request id, its deadline, and
     * cancelled with it. Outside of a guarded call the id is a random one.
     */
    public static CallContext callContext() {
        Context current = Context.current();
        String id = REQUEST_ID.get(current);
        Cancellation cancellation = new Cancellation();
        current.addListener(ended -> cancellation.cancel(), Runnable::run);
        CallContext context = (id == null ? CallContext.create() : CallContext.of(id)).withCancellation(cancellation);
        Deadline deadline = current.getDeadline();
        return deadline == null
                ? context
                : context.withClientDeadlineNanos(System.nanoTime() + deadline.timeRemaining(TimeUnit.NANOSECONDS));
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        CallHead head = CallHead.of(call, headers);
        AccessRule rule = rules.of(head).rule();
        String requestId = RequestIds.of(head);
        GuardedListener<Q, A> listener;
        if (chargesMessages && !call.getMethodDescriptor().getType().clientSendsOneMessage()) {
            ChargedCall<Q, A> charged = new ChargedCall<>(call, requestId);
            listener = new ChargedListener<>(charged, headers, next, executor, () -> judge(head, rule));
        } else {
            listener = new GuardedListener<>(new GuardedCall<>(call, requestId), headers, next, executor);
        }
        listener.await(judge(head, rule));
        return listener;
    }

    private CompletionStage<Admission> judge(CallHead head, AccessRule rule) {
        // On the limiter's thread: a rejection needs no other, and a handler is started on the executor in one step.
        return guard.admit(head, Optional.of(head.path()), rule, RequestGuard.SAME_THREAD)
                .toCompletableFuture();
    }

    /** Builds a {@link GuardInterceptor}. Not thread-safe. */
    public static final class Builder {
        private final RequestGuard guard;
        private @Nullable RouteRules rules;
        private @Nullable Executor executor;
        private boolean chargesMessages;

        private Builder(RequestGuard guard) {
            this.guard = requireNonNull(guard, "guard");
        }

        /**
         * Sets the rules of calls, by paths such as {@code /package.Service/Method} and {@code /package.Service/**}; by default,
         * all calls have the guard's {@linkplain RequestGuard#defaultRule() default rule}. Only the rule of a {@link
         * io.tollgate.api.guard.GuardedRoute} is used, for the route is the method.
         */
        public Builder routes(RouteRules routes) {
            this.rules = requireNonNull(routes, "routes");
            return this;
        }

        /**
         * Sets the executor on which a handler starts if the decision came from another process. Must be set. Pass the one of
         * {@link io.grpc.ServerBuilder#executor}: gRPC does not give it to interceptors. It may run handlers that block; it is
         * not closed.
         */
        public Builder executor(Executor ofServer) {
            this.executor = requireNonNull(ofServer, "ofServer");
            return this;
        }

        /**
         * Sets whether each message of a stream from the client is charged like a call; false by default. The first is paid by
         * the call. Messages are received one at a time then, and when a limit rejects one, or the token has expired, the call
         * ends as a rejected call does, and its handler sees a cancellation.
         */
        public Builder chargeMessages(boolean on) {
            this.chargesMessages = on;
            return this;
        }

        /** Returns the interceptor. */
        public GuardInterceptor build() {
            Executor handlers = executor;
            if (handlers == null) {
                throw new IllegalStateException(
                        "executor: unset (expected: the executor of the server, also passed to ServerBuilder.executor)");
            }
            return new GuardInterceptor(this, handlers);
        }
    }
}
