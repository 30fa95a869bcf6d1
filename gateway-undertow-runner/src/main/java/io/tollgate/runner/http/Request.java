package io.tollgate.runner.http;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CallContext;
import io.tollgate.api.Cancellation;
import io.tollgate.api.CommonError;
import io.tollgate.api.ErrorCode;
import io.tollgate.api.GatewayException;
import io.tollgate.api.Principal;
import io.tollgate.api.guard.Admission;
import io.tollgate.api.guard.Admitted;
import io.tollgate.api.guard.Rejected;
import io.tollgate.api.guard.RequestSummary;
import io.tollgate.api.http.HttpRequest;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.http.TraceContext;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One request, and what the filters learn of it on its way. Filters run one after another, so the facts they add need no
 * lock; what a deadline may read meanwhile (the owed headers, the end) is guarded.
 */
public final class Request implements HttpRequest, RequestSummary {
    private final String method;
    private final String path;
    private final Source source;
    private final long startedNanos = System.nanoTime();
    private final Cancellation cancellation = new Cancellation();
    private final List<String> owed = new ArrayList<>(24);

    private volatile String id = "-";
    private volatile InetAddress clientAddress;
    private volatile @Nullable TraceContext trace;
    private volatile RouteMatch match = RouteMatch.NONE;
    private volatile @Nullable Admission admission;
    private volatile @Nullable ErrorCode error;
    private volatile String charged = "";
    private volatile boolean called;
    private volatile boolean abandoned;
    private volatile Deadline.@Nullable Timer deadline;
    private @Nullable HttpResponse response;
    private long nanos;
    private @Nullable Runnable onEnd;
    private boolean ended;

    /**
     * A request that has just arrived.
     *
     * @param method upper-case
     * @param path the path as the client sent it, still percent-encoded, without the query
     */
    public Request(String method, String path, Source source) {
        this.method = method;
        this.path = path;
        this.source = source;
        this.clientAddress = source.peer();
        this.trace = TraceContext.of(this).orElse(null);
    }

    /** What a server knows of a request beside its first line. */
    public interface Source {
        /** The other end of the socket. */
        InetAddress peer();

        /** What is wrong with the request as HTTP, for the client to read; null where nothing is. */
        @Nullable
        String fault();

        /** The first value of a header, or null; names are case-insensitive. */
        @Nullable
        String header(String name);

        /** All values of a header, in order, one for each line; names are case-insensitive. */
        List<String> headers(String name);

        /**
         * Reads the body, once. Fails with {@code BODY_TOO_LARGE}, or {@code INVALID_REQUEST} where it does not arrive in
         * time or is malformed.
         */
        CompletionStage<byte[]> body();

        /** Runs {@code task} once, that long from now; the result takes it off. */
        CallContext.Registration schedule(long millis, Runnable task);
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public InetAddress peer() {
        return source.peer();
    }

    @Nullable
    String fault() {
        return source.fault();
    }

    /** The first value of a header, or null; what {@link #header} returns, without an object around it. */
    @Nullable
    String firstHeader(String name) {
        return source.header(name);
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(source.header(name));
    }

    @Override
    public List<String> headers(String name) {
        return source.headers(name);
    }

    CallContext.Registration schedule(long millis, Runnable task) {
        return source.schedule(millis, task);
    }

    /** The body. The deadline stands still meanwhile: a slow client has a limit of its own. */
    CompletionStage<byte[]> body() {
        Deadline.Timer timer = deadline;
        if (timer == null) {
            return source.body();
        }
        timer.pause();
        return source.body().whenComplete((bytes, failure) -> timer.restart());
    }

    @Override
    public CompletionStage<byte[]> body(int maxBytes) {
        return Stages.flatMap(body(), bytes -> {
            if (bytes.length > maxBytes) {
                throw GatewayException.of(
                        CommonError.BODY_TOO_LARGE, "The body must be at most " + maxBytes + " bytes.");
            }
            return CompletableFuture.completedFuture(bytes);
        });
    }

    /** Nanoseconds since the request arrived. */
    public long elapsedNanos() {
        return System.nanoTime() - startedNanos;
    }

    /** Notes the response, and returns what listeners are told at the end. */
    RequestSummary finished(HttpResponse made) {
        this.response = made;
        this.nanos = elapsedNanos();
        return this;
    }

    @Override
    public HttpRequestHead head() {
        return this;
    }

    @Override
    public String requestId() {
        return id;
    }

    @Override
    public HttpResponse response() {
        return requireNonNull(response, "response");
    }

    @Override
    public long nanos() {
        return nanos;
    }

    /** What goes with a call to a service on behalf of this request. */
    CallContext context() {
        CallContext context = TraceContext.propagate(this, Optional.ofNullable(trace), CallContext.of(id))
                .withCancellation(cancellation);
        Deadline.Timer timer = deadline;
        return timer == null ? context : context.withDeadlineNanos(timer.atNanos());
    }

    /** Adds a header that the answer owes, whatever it will be; an earlier one of that name is replaced. */
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

    /** Adds an element to the list that is the value of a header which the answer owes. */
    void oweAlso(String name, String element) {
        synchronized (owed) {
            int at = owed.indexOf(name);
            owe(name, at < 0 ? element : owed.get(at + 1) + ", " + element);
        }
    }

    /** Hands each header that the answer owes to {@code sink}, name first. */
    public void forEachOwed(BiConsumer<String, String> sink) {
        synchronized (owed) {
            for (int i = 0; i < owed.size(); i += 2) {
                sink.accept(owed.get(i), owed.get(i + 1));
            }
        }
    }

    /** The client left: stops what is done for it. */
    public void abandon() {
        abandoned = true;
        cancel();
    }

    /** Nobody waits for the answer any more: stops what is done for it. */
    public void cancel() {
        cancellation.cancel();
    }

    /** Runs {@code task} when the answer is known, even if whoever registers it never finishes; at once if it is. */
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

    /** The answer is known, or there will be none. Does nothing the second time. */
    public void end() {
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

    /** The request's id; {@code -} until it has one. */
    public String id() {
        return id;
    }

    void id(String given) {
        this.id = given;
    }

    /** Where the request stands in a trace: where the client says, or who traces it. Null where neither does. */
    @Nullable
    public TraceContext trace() {
        return trace;
    }

    /** Has the calls made for this request belong to that span. */
    public void trace(TraceContext span) {
        this.trace = requireNonNull(span, "span");
    }

    /** The id of the trace that the request is part of, if it is of any. */
    public Optional<String> traceId() {
        TraceContext known = trace;
        return known == null ? Optional.empty() : Optional.of(known.traceId());
    }

    /** Whom the request is from: the socket's peer, or whom trusted proxies name. */
    @Override
    public InetAddress clientAddress() {
        return clientAddress;
    }

    void clientAddress(InetAddress address) {
        this.clientAddress = address;
    }

    /** The template of the route that answers the request, if one does. */
    @Override
    public Optional<String> route() {
        return match.template();
    }

    RouteMatch match() {
        return match;
    }

    void match(RouteMatch found) {
        this.match = found;
    }

    /** The user of the valid token that the request carries. */
    @Override
    public Optional<Principal> principal() {
        Admission judged = admission;
        return judged == null ? Optional.empty() : judged.principal();
    }

    /** Notes what the guard says of the request, and owes the headers that it wants. */
    void admission(Admission judged) {
        this.admission = judged;
        judged.forEachHeader(this::owe);
    }

    /** Applies the policies that need the body, now that it is valid; fails if one rejects. */
    CompletionStage<HttpResponse> charge(Map<String, String> attributes, Endpoint next) {
        if (!(admission instanceof Admitted admitted)) {
            throw new IllegalStateException("the guard has not admitted the request");
        }
        int before = admitted.decisions().decisions().size();
        return Stages.flatMap(admitted.onBody(attributes), judged -> {
            if (judged.decisions().decisions().size() > before) {
                judged.forEachHeader(this::owe);
            }
            if (judged instanceof Rejected rejected) {
                throw rejected.error();
            }
            called = true;
            return next.handle(this);
        });
    }

    /** Whether a service has been called, or is about to be, for this request. */
    boolean called() {
        return called;
    }

    /** Whether the client left before the response. */
    boolean isAbandoned() {
        return abandoned;
    }

    /** The policies whose reservation was charged in the end, with commas between. */
    public String charged() {
        return charged;
    }

    void charged(String policy) {
        this.charged = charged.isEmpty() ? policy : charged + "," + policy;
    }

    /** How the request failed, if it did. */
    @Override
    public @Nullable ErrorCode error() {
        return error;
    }

    void error(ErrorCode code) {
        this.error = code;
    }

    /** Whether the limiter let the request pass; null while it has not been asked. */
    @Nullable
    public Boolean admitted() {
        Admission judged = admission;
        return judged == null ? null : judged.decisions().allowed();
    }

    /** The decision that the response reports: the one that rejected the request, if one did. */
    @Override
    public Optional<RateLimitDecision> reported() {
        Admission judged = admission;
        return judged == null ? Optional.empty() : judged.reported();
    }

    /** The decisions so far. */
    @Override
    public RateLimitDecisions decisions() {
        Admission judged = admission;
        return judged == null ? RateLimitDecisions.NONE : judged.decisions();
    }

    void deadline(Deadline.Timer timer) {
        this.deadline = timer;
    }
}
