package io.tollgate.operations;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The events of the live page: a new viewer gets everything, and then, once a second, what is new. Each event is made once for
 * all viewers, and only while there are any; the samples of the last minutes are kept in any case. Thread-safe.
 *
 * <p>Someone for whom there is no place makes the feed find out who reads: viewers that do not take a large comment within
 * seconds lose their places.
 */
final class LiveFeed {
    /** Ten minutes. */
    static final int MAX_SAMPLES = 600;

    /** The most viewers at a time. */
    static final int MAX_VIEWERS = 16;

    /** The most viewers of one owner, so that others have places too. */
    static final int MAX_VIEWERS_PER_OWNER = 8;

    /** More than the sockets on both sides buffer by default, at the operators' port and at its clients. */
    private static final int PROBE_BYTES = 1024 * 1024;

    private static final int PROBE_LINE_BYTES = 1024;

    private static final int MAX_REQUESTS = 100;

    /** Of each kind: a flood of one must not wash the others away. */
    private static final int MAX_ERRORS = 40;

    private final String instance = UUID.randomUUID().toString();
    private final Identity identity;
    private final Traffic traffic;
    private final Sampler sampler;
    private final Readiness readiness;
    private final Clock clock;
    private final Executor executor;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final Deque<RecentRequest> requests = new ArrayDeque<>();
    private final Map<Integer, Deque<RecentRequest>> errors = new TreeMap<>();
    /** Left without the lock, so that closing a connection waits for nobody. */
    private final List<Viewer> viewers = new CopyOnWriteArrayList<>();

    private Readiness.@Nullable Report reported;
    private byte @Nullable [] hello;
    private boolean closed;

    /**
     * The facts of the server that the page shows.
     *
     * @param publicUrl of its first listener; empty if it is unknown
     * @param startedAt in milliseconds since the epoch
     */
    record Identity(String service, String version, String commit, Supplier<String> publicUrl, long startedAt) {}

    /** Makes the events of new viewers on {@code executor}. */
    LiveFeed(Traffic traffic, Readiness readiness, Identity identity, Clock clock, Executor executor) {
        this.traffic = requireNonNull(traffic, "traffic");
        this.sampler = new Sampler(traffic, readiness);
        this.readiness = requireNonNull(readiness, "readiness");
        this.identity = requireNonNull(identity, "identity");
        this.clock = requireNonNull(clock, "clock");
        this.executor = requireNonNull(executor, "executor");
    }

    /** Returns whether there is a place for another viewer of {@code owner}. */
    boolean hasPlace(Object owner) {
        return viewers.size() < MAX_VIEWERS && ofOwner(owner).size() < MAX_VIEWERS_PER_OWNER;
    }

    private List<Viewer> ofOwner(Object owner) {
        return viewers.stream().filter(viewer -> viewer.owner().equals(owner)).toList();
    }

    /** Finds out which of the viewers that keep {@code owner} from a place read, so that those that do not lose theirs. */
    void makeRoom(Object owner) {
        List<Viewer> suspects = viewers.size() >= MAX_VIEWERS ? viewers : ofOwner(owner);
        if (suspects.stream().noneMatch(Viewer::mayBeProbed)) {
            return;
        }
        byte[] comment = new byte[PROBE_BYTES];
        Arrays.fill(comment, (byte) ' ');
        for (int i = 0; i < PROBE_BYTES; i += PROBE_LINE_BYTES) {
            comment[i] = ':';
            comment[i + PROBE_LINE_BYTES - 1] = '\n';
        }
        suspects.forEach(viewer -> viewer.probe(comment)); // Delivered with the next tick.
    }

    /** Returns the stream of a viewer of {@code owner}; it ends at once if there is no place. */
    Flow.Publisher<ByteBuffer> viewer(Object owner) {
        return subscriber -> subscribe(owner, subscriber);
    }

    private void subscribe(Object owner, Flow.Subscriber<? super ByteBuffer> subscriber) {
        Viewer viewer = new Viewer(owner, subscriber, viewers::remove);
        subscriber.onSubscribe(viewer);
        try {
            executor.execute(() -> {
                join(viewer);
                viewer.deliver();
            });
        } catch (RejectedExecutionException e) {
            viewer.end();
            viewer.deliver();
        }
    }

    private synchronized void join(Viewer viewer) {
        if (closed || !hasPlace(viewer.owner())) {
            viewer.end();
            return;
        }
        byte[] event = hello;
        if (event == null) {
            event = LiveJson.event("hello", this::writeHello);
            hello = event;
        }
        viewer.add(event);
        viewers.add(viewer);
        if (viewer.isGone()) { // It cancelled before it was in the list.
            viewers.remove(viewer);
        }
    }

    /** Takes a sample, and sends it to all viewers; to be called once a second. */
    void tick() {
        addSample();
        viewers.forEach(Viewer::tick);
        viewers.forEach(Viewer::deliver);
        viewers.removeIf(Viewer::isGone);
    }

    /** Ends all streams. */
    void close() {
        synchronized (this) {
            closed = true;
            viewers.forEach(Viewer::end);
        }
        viewers.forEach(Viewer::deliver);
        viewers.clear();
    }

    private synchronized void addSample() {
        Sample sample = sampler.sample(clock.millis());
        List<RecentRequest> newRequests = traffic.drainRequests();
        List<RecentRequest> newErrors = traffic.drainErrors();
        keep(samples, List.of(sample), MAX_SAMPLES);
        keep(requests, newRequests, MAX_REQUESTS);
        for (RecentRequest error : newErrors) {
            Deque<RecentRequest> kind = errors.computeIfAbsent(Traffic.kind(error.status()), k -> new ArrayDeque<>());
            keep(kind, List.of(error), MAX_ERRORS);
        }
        hello = null;
        if (viewers.isEmpty()) {
            reported = null;
            return;
        }
        Readiness.Report report = readiness.report();
        boolean changed = !report.equals(reported);
        reported = report;
        byte[] tick = LiveJson.event("tick", json -> {
            json.writeFieldName("sample");
            LiveJson.sample(json, sample);
            LiveJson.requests(json, "requests", newRequests);
            LiveJson.requests(json, "errors", newErrors);
            if (changed) {
                LiveJson.readiness(json, report);
            }
        });
        viewers.forEach(viewer -> viewer.add(tick));
    }

    private void writeHello(JsonGenerator json) throws IOException {
        json.writeStringField("instance", instance);
        json.writeStringField("service", identity.service());
        json.writeStringField("version", identity.version());
        json.writeStringField("commit", identity.commit());
        json.writeStringField("publicUrl", identity.publicUrl().get());
        json.writeNumberField("startedAt", identity.startedAt());
        json.writeNumberField("now", clock.millis());
        json.writeNumberField("maxSamples", MAX_SAMPLES);
        json.writeNumberField("kept", Traffic.KEPT);
        json.writeArrayFieldStart("kinds");
        for (String kind : Traffic.KINDS) {
            json.writeString(kind);
        }
        json.writeEndArray();
        LiveJson.readiness(json, readiness.report());
        json.writeArrayFieldStart("samples");
        for (Sample sample : samples) {
            LiveJson.sample(json, sample);
        }
        json.writeEndArray();
        LiveJson.requests(json, "requests", requests);
        json.writeNumberField("maxErrors", MAX_ERRORS);
        List<RecentRequest> inOrder = errors.values().stream()
                .flatMap(Deque::stream)
                .sorted(Comparator.comparingLong(RecentRequest::at))
                .toList();
        LiveJson.requests(json, "errors", inOrder);
    }

    private static <T> void keep(Deque<T> kept, List<T> more, int most) {
        for (T one : more) {
            if (kept.size() == most) {
                kept.removeFirst();
            }
            kept.addLast(one);
        }
    }
}
