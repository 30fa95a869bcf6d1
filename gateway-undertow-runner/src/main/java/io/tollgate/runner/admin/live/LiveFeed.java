package io.tollgate.runner.admin.live;

import static java.util.Objects.requireNonNull;

import io.tollgate.runner.admin.health.Readiness;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the live page is told: all of it to whoever joins, then what is new, once a second, made once for everybody.
 * Remembers the last minutes whether or not somebody looks; text is made only while somebody does. Thread-safe.
 */
public final class LiveFeed {
    /** Ten minutes. */
    static final int MAX_SAMPLES = 600;

    /** The most viewers at a time. */
    public static final int MAX_VIEWERS = 16;

    private static final int MAX_REQUESTS = 100;

    /** Of each kind: a flood of one must not wash the others away. */
    private static final int MAX_ERRORS = 40;

    private final String instance = UUID.randomUUID().toString();
    private final Names names;
    private final Traffic traffic;
    private final Sampler sampler;
    private final Readiness readiness;
    private final Clock clock;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final Deque<Seen> requests = new ArrayDeque<>();
    private final Map<Integer, Deque<Seen>> errors = new TreeMap<>();
    /** Left without the lock, so that whoever closes a connection waits for nobody. */
    private final List<Viewer> viewers = new CopyOnWriteArrayList<>();

    private Readiness.@Nullable Report told;
    private @Nullable String hello;

    /** Somebody who looks. Called while others wait: must neither block nor call back. */
    public interface Viewer {
        void send(String event, String json);
    }

    /**
     * What the page says of the gateway.
     *
     * @param publicUrl where requests go
     * @param startedAt in milliseconds since the epoch
     */
    public record Names(String service, String version, String commit, Supplier<String> publicUrl, long startedAt) {}

    public LiveFeed(Traffic traffic, Readiness readiness, Names names, Clock clock) {
        this.traffic = requireNonNull(traffic, "traffic");
        this.sampler = new Sampler(traffic, readiness);
        this.readiness = requireNonNull(readiness, "readiness");
        this.names = requireNonNull(names, "names");
        this.clock = requireNonNull(clock, "clock");
    }

    /** Tells {@code viewer} of everything from now on; not when there are {@value #MAX_VIEWERS} already. */
    public synchronized boolean join(Viewer viewer) {
        if (viewers.size() >= MAX_VIEWERS) {
            return false;
        }
        viewers.add(viewer);
        String all = hello;
        if (all == null) {
            all = hello();
            hello = all;
        }
        viewer.send("hello", all);
        return true;
    }

    /** Tells {@code viewer} no more. */
    public void leave(Viewer viewer) {
        viewers.remove(viewer);
    }

    /** Whether there is no room for another viewer. */
    public boolean full() {
        return viewers.size() >= MAX_VIEWERS;
    }

    /** Takes a sample, and tells everybody; to be called once a second. */
    public synchronized void tick() {
        Sample sample = sampler.sample(clock.millis());
        List<Seen> newRequests = traffic.drainRequests();
        List<Seen> newErrors = traffic.drainErrors();
        remember(samples, List.of(sample), MAX_SAMPLES);
        remember(requests, newRequests, MAX_REQUESTS);
        for (Seen error : newErrors) {
            Deque<Seen> kind = errors.computeIfAbsent(Traffic.kind(error.status()), k -> new ArrayDeque<>());
            remember(kind, List.of(error), MAX_ERRORS);
        }
        hello = null;
        if (viewers.isEmpty()) {
            told = null;
            return;
        }
        Readiness.Report report = readiness.report();
        boolean changed = !report.equals(told);
        told = report;
        String tick = LiveJson.object(json -> {
            json.writeFieldName("sample");
            LiveJson.sample(json, sample);
            LiveJson.requests(json, "requests", newRequests);
            LiveJson.requests(json, "errors", newErrors);
            if (changed) {
                LiveJson.readiness(json, report);
            }
        });
        for (Viewer viewer : viewers) {
            viewer.send("tick", tick);
        }
    }

    private String hello() {
        return LiveJson.object(json -> {
            json.writeStringField("instance", instance);
            json.writeStringField("service", names.service());
            json.writeStringField("version", names.version());
            json.writeStringField("commit", names.commit());
            json.writeStringField("publicUrl", names.publicUrl().get());
            json.writeNumberField("startedAt", names.startedAt());
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
            List<Seen> inOrder = errors.values().stream()
                    .flatMap(Deque::stream)
                    .sorted(Comparator.comparingLong(Seen::at))
                    .toList();
            LiveJson.requests(json, "errors", inOrder);
        });
    }

    private static <T> void remember(Deque<T> memory, List<T> news, int most) {
        for (T one : news) {
            if (memory.size() == most) {
                memory.removeFirst();
            }
            memory.addLast(one);
        }
    }
}
