package io.tollgate.operations;

import io.tollgate.api.Principal;
import io.tollgate.api.guard.RequestListener;
import io.tollgate.api.guard.RequestSummary;
import io.tollgate.api.http.HttpRequestHead;
import io.tollgate.api.http.HttpResponse;
import io.tollgate.api.ratelimit.RateLimitDecision;
import io.tollgate.api.ratelimit.RateLimitDecisions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the requests of a server for the live page of the {@link OperatorPages}. Give it to the server, and to the
 * {@link io.tollgate.api.guard.RequestGuard} as its listener:
 *
 * <pre>{@code
 * Traffic traffic = new Traffic();
 * RequestGuard guard = RequestGuard.builder().tokens(verifier).listener(traffic).build();
 * OperatorPages pages = OperatorPages.builder().access(access).traffic(traffic).build();
 * }</pre>
 *
 * <p>Cheap: counters are striped, and of the requests themselves only the first few of each second are kept. Thread-safe.
 */
public final class Traffic implements RequestListener {
    /** The kinds of responses that are told apart, in the order of their counts. */
    static final List<String> KINDS = List.of("2xx", "3xx", "4xx", "429", "5xx");

    /** The most requests that are kept between two samples. */
    static final int KEPT = 25;

    /** The most errors of a kind, so that many of one leave room for the few of another. */
    private static final int KEPT_ERRORS = 10;

    /** Configuration names few policies; those that code makes up without end are counted together from here on. */
    private static final int MAX_POLICIES = 100;

    private static final int MAX_METHOD = 16;

    /** The most bytes of an error whose message is shown. */
    static final int MAX_BODY = 16 * 1024;

    private final LongAdder[] responses = new LongAdder[KINDS.size()];
    private final LongAdder active = new LongAdder();
    private final LatencyCounts latencies = new LatencyCounts();
    private final ConcurrentMap<String, PolicyCounts> policies = new ConcurrentHashMap<>();
    private final Queue<RecentRequest> requests = new ConcurrentLinkedQueue<>();
    private final Queue<RecentRequest> errors = new ConcurrentLinkedQueue<>();
    private final AtomicInteger requestsLeft = new AtomicInteger(KEPT);
    private final AtomicInteger[] errorsLeft = new AtomicInteger[KINDS.size()];

    /** Counts nothing yet. */
    public Traffic() {
        for (int i = 0; i < responses.length; i++) {
            responses[i] = new LongAdder();
            errorsLeft[i] = new AtomicInteger(KEPT_ERRORS);
        }
    }

    @Override
    public void started(HttpRequestHead head) {
        active.increment();
    }

    @Override
    public void decided(HttpRequestHead head, RateLimitDecisions made, long nanos) {
        List<RateLimitDecision> decisions = made.decisions();
        for (int i = 0; i < decisions.size(); i++) {
            RateLimitDecision decision = decisions.get(i);
            counts(decision.policy()).add(decision);
        }
    }

    @Override
    public void finished(RequestSummary request) {
        int status = request.response().status();
        long nanos = request.nanos();
        active.decrement();
        int kind = kind(status);
        responses[kind].increment();
        latencies.add(nanos);
        boolean keep = take(requestsLeft);
        boolean keepError = status >= 400 && take(errorsLeft[kind]);
        if (keep || keepError) {
            RecentRequest recent = recent(request, nanos);
            if (keep) {
                requests.add(recent);
            }
            if (keepError) {
                errors.add(recent);
            }
        }
    }

    @Override
    public void unreadable(int status) {
        responses[kind(status)].increment();
        if (take(errorsLeft[kind(status)])) {
            errors.add(new RecentRequest(
                    System.currentTimeMillis(), "-", "unreadable", status, 0, "-", null, null, null, null, null));
        }
    }

    /** Returns the number of in-flight requests. */
    long active() {
        return Math.max(0, active.sum());
    }

    List<Long> drainResponses() {
        return Arrays.stream(responses).map(LongAdder::sumThenReset).toList();
    }

    Sample.Latency drainLatencies() {
        return latencies.drain();
    }

    Map<String, PolicyCounts> policies() {
        return policies;
    }

    List<RecentRequest> drainRequests() {
        List<RecentRequest> drained = drain(requests);
        requestsLeft.set(KEPT);
        return drained;
    }

    List<RecentRequest> drainErrors() {
        List<RecentRequest> drained = drain(errors);
        for (AtomicInteger left : errorsLeft) {
            left.set(KEPT_ERRORS);
        }
        return drained;
    }

    private static List<RecentRequest> drain(Queue<RecentRequest> from) {
        List<RecentRequest> drained = new ArrayList<>();
        for (RecentRequest recent = from.poll(); recent != null; recent = from.poll()) {
            drained.add(recent);
        }
        return drained;
    }

    /** Takes one of those that are left. Under load none is left soon, and then this reads one variable. */
    private static boolean take(AtomicInteger left) {
        return left.get() > 0 && left.getAndDecrement() > 0;
    }

    private PolicyCounts counts(String policy) {
        PolicyCounts counts = policies.get(policy);
        if (counts != null) {
            return counts;
        }
        String name = policies.size() < MAX_POLICIES ? policy : "(others)";
        return policies.computeIfAbsent(name, p -> new PolicyCounts());
    }

    private static RecentRequest recent(RequestSummary request, long nanos) {
        HttpResponse response = request.response();
        boolean error = response.status() >= 400;
        boolean rejected = !request.decisions().allowed();
        return new RecentRequest(
                System.currentTimeMillis(),
                method(request.head().method()),
                request.route().orElse("none"),
                response.status(),
                nanos,
                request.requestId(),
                request.principal().map(Principal::userId).orElse(null),
                request.clientAddress(),
                error ? request.error() : null,
                error ? shown(response) : null,
                rejected ? request.reported().orElse(null) : null);
    }

    /** Returns an error without a body that is no message: a request is kept for minutes, with its response. */
    private static HttpResponse shown(HttpResponse error) {
        return error.stream().isEmpty() && error.bytes().length <= MAX_BODY
                ? error
                : HttpResponse.empty(error.status());
    }

    /** Cuts what the client wrote to a length. */
    private static String method(String method) {
        return method.length() <= MAX_METHOD ? method : method.substring(0, MAX_METHOD);
    }

    /** Returns the index in {@link #KINDS} of a status. */
    static int kind(int status) {
        if (status == 429) {
            return 3;
        }
        return status < 300 ? 0 : status < 400 ? 1 : status < 500 ? 2 : 4;
    }
}
