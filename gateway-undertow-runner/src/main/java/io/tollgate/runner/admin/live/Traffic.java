package io.tollgate.runner.admin.live;

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
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * Counts requests as they pass, from one sample to the next. Cheap: counters are striped, and of the requests themselves
 * only the first few between two samples are kept.
 */
public final class Traffic implements RequestListener {
    /** The kinds of answers that are told apart, in the order of their counts. */
    static final List<String> KINDS = List.of("2xx", "3xx", "4xx", "429", "5xx");

    /** The most requests that are kept of the time between two samples. */
    static final int KEPT = 25;

    /** The most errors of a kind, so that many of one leave room for the few of another. */
    private static final int KEPT_ERRORS = 10;

    /** Policies are named by configuration; those that code makes up without end are counted together from here on. */
    private static final int MAX_POLICIES = 100;

    private static final long MAX_MICROS = 3_600_000_000L;

    private final LongAdder[] answers = new LongAdder[KINDS.size()];
    private final LongAdder active = new LongAdder();
    private final Recorder micros = new Recorder(MAX_MICROS, 3);
    private final ConcurrentMap<String, PolicyCounts> policies = new ConcurrentHashMap<>();
    private final Queue<Seen> requests = new ConcurrentLinkedQueue<>();
    private final Queue<Seen> errors = new ConcurrentLinkedQueue<>();
    private final AtomicInteger requestsLeft = new AtomicInteger(KEPT);
    private final AtomicInteger[] errorsLeft = new AtomicInteger[KINDS.size()];

    public Traffic() {
        for (int i = 0; i < answers.length; i++) {
            answers[i] = new LongAdder();
            errorsLeft[i] = new AtomicInteger(KEPT_ERRORS);
        }
    }

    @Override
    public void started(HttpRequestHead head) {
        active.increment();
    }

    @Override
    public void decided(HttpRequestHead head, RateLimitDecisions verdict, long nanos) {
        List<RateLimitDecision> decisions = verdict.decisions();
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
        answers[kind].increment();
        micros.recordValue(Math.min(MAX_MICROS, nanos / 1000));
        boolean keep = take(requestsLeft);
        boolean keepError = status >= 400 && take(errorsLeft[kind]);
        if (keep || keepError) {
            Seen seen = seen(request, nanos);
            if (keep) {
                requests.add(seen);
            }
            if (keepError) {
                errors.add(seen);
            }
        }
    }

    @Override
    public void unreadable(int status) {
        answers[kind(status)].increment();
        if (take(errorsLeft[kind(status)])) {
            errors.add(new Seen(
                    System.currentTimeMillis(), "-", "unreadable", status, 0, "-", null, null, null, null, null));
        }
    }

    /** Requests that have begun and not ended. */
    long active() {
        return Math.max(0, active.sum());
    }

    List<Long> drainAnswers() {
        return Arrays.stream(answers).map(LongAdder::sumThenReset).toList();
    }

    /** How long requests took, in microseconds; {@code recycled} is used again where it can be. */
    Histogram drainMicros(Histogram recycled) {
        return micros.getIntervalHistogram(recycled);
    }

    Histogram drainMicros() {
        return micros.getIntervalHistogram();
    }

    Map<String, PolicyCounts> policies() {
        return policies;
    }

    List<Seen> drainRequests() {
        List<Seen> drained = drain(requests);
        requestsLeft.set(KEPT);
        return drained;
    }

    List<Seen> drainErrors() {
        List<Seen> drained = drain(errors);
        for (AtomicInteger left : errorsLeft) {
            left.set(KEPT_ERRORS);
        }
        return drained;
    }

    private static List<Seen> drain(Queue<Seen> from) {
        List<Seen> drained = new ArrayList<>();
        for (Seen seen = from.poll(); seen != null; seen = from.poll()) {
            drained.add(seen);
        }
        return drained;
    }

    /** Under load the last of them is soon taken, and then this is the reading of one variable. */
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

    private static Seen seen(RequestSummary request, long nanos) {
        HttpResponse response = request.response();
        boolean error = response.status() >= 400;
        boolean refused = !request.decisions().allowed();
        return new Seen(
                System.currentTimeMillis(),
                method(request.head().method()),
                request.route().orElse("none"),
                response.status(),
                nanos,
                request.requestId(),
                request.principal().map(Principal::userId).orElse(null),
                request.clientAddress(),
                error ? request.error() : null,
                error ? response : null,
                refused ? request.reported().orElse(null) : null);
    }

    /** The client's own word, cut to a length. */
    private static String method(String method) {
        return method.length() <= 16 ? method : method.substring(0, 16);
    }

    /** Which of {@link #KINDS} it is. */
    static int kind(int status) {
        if (status == 429) {
            return 3;
        }
        return status < 300 ? 0 : status < 400 ? 1 : status < 500 ? 2 : 4;
    }
}
