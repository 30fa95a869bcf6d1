package io.tollgate.grpc.transcoding;

import static java.util.Objects.requireNonNull;

import io.tollgate.grpc.Connectivity;
import io.tollgate.grpc.Upstream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One service of a group, with the last descriptors of it that could be served. */
final class DescribedService {
    private static final Logger log = LoggerFactory.getLogger(TranscoderGroup.class);
    private static final Duration REFLECTION_TIMEOUT = Duration.ofSeconds(10);

    private final TranscoderGroup group;
    private final String name;
    private final TranscoderGroup.Source source;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile @Nullable ServiceDescriptors descriptors;
    private volatile @Nullable Transcoder built;
    private volatile String fault = "";
    // Of the thread that asks.
    private boolean connected;
    private long askedAt = System.nanoTime() - TranscoderGroup.REFLECTION_INTERVAL.toNanos();

    DescribedService(TranscoderGroup group, String name, TranscoderGroup.Source source) {
        this.group = group;
        this.name = name;
        this.source = source;
    }

    boolean reflects() {
        return source.file() == null;
    }

    Optional<Transcoder> built() {
        return Optional.ofNullable(built);
    }

    /** Reads the descriptors for the first time, if they are in a file. */
    void readFirst(List<TranscodingProblem> problems) {
        Path file = source.file();
        if (file != null) {
            try {
                use(ServiceDescriptors.read(file));
            } catch (IOException e) {
                problems.add(unreadable(file, e));
            } catch (InvalidTranscodingException e) {
                problems.addAll(e.problems());
            }
        }
    }

    boolean reload() {
        Path file = requireNonNull(source.file(), "file");
        try {
            return replace(ServiceDescriptors.read(file));
        } catch (IOException e) {
            return reject(unreadable(file, e).toString());
        } catch (InvalidTranscodingException e) {
            return reject(String.valueOf(e.getMessage()));
        }
    }

    private static TranscodingProblem unreadable(Path file, IOException e) {
        return TranscodingProblem.of(file.toString(), "cannot be read: " + e + " (expected: a set of descriptors)");
    }

    private void use(ServiceDescriptors set) {
        built = source.settings().get().descriptors(set).build();
        descriptors = set;
    }

    /** Exchanges the descriptors, or keeps those that there are; returns whether these are served. */
    private boolean replace(ServiceDescriptors set) {
        synchronized (group) {
            if (set.equals(descriptors)) {
                fault = "";
                return true;
            }
            Transcoder before = built;
            ServiceDescriptors former = descriptors;
            List<TranscodingProblem> problems = new ArrayList<>();
            try {
                use(set);
                group.exchange(problems);
            } catch (InvalidTranscodingException e) {
                problems.addAll(e.problems());
            }
            if (problems.isEmpty()) {
                fault = "";
                log.info("descriptors of {} from {} are served now", name, set.source());
                return true;
            }
            built = before;
            descriptors = former;
            return reject(String.valueOf(new InvalidTranscodingException(problems).getMessage()));
        }
    }

    private boolean reject(String text) {
        if (!text.equals(fault)) {
            String former = built == null ? "" : ", the former ones stay";
            log.error("descriptors of {} cannot be served{}: {}", name, former, text);
        }
        fault = text;
        return false;
    }

    /** Asks the server when it is time, and when it has come back. Never blocks. */
    void ask(ScheduledExecutorService timer) {
        Upstream server = requireNonNull(source.server(), "server");
        boolean now = server.connectivity() == Connectivity.READY;
        boolean due = System.nanoTime() - askedAt >= TranscoderGroup.REFLECTION_INTERVAL.toNanos();
        boolean back = now && !connected;
        connected = now;
        if ((!due && !back) || !asking.compareAndSet(false, true)) {
            return;
        }
        askedAt = System.nanoTime();
        var unused = ServiceDescriptors.reflect(name, server.channel(), REFLECTION_TIMEOUT)
                .whenComplete((set, failure) -> {
                    asking.set(false);
                    if (!timer.isShutdown()) { // Building takes long for a thread of the connection.
                        timer.execute(() -> {
                            boolean served = failure == null
                                    ? replace(set)
                                    : reject("the server does not describe them: " + failure.getMessage());
                            log.debug("descriptors of {} were asked for, served: {}", name, served);
                        });
                    }
                });
    }

    TranscoderGroup.ServiceState state() {
        Transcoder served = built;
        return new TranscoderGroup.ServiceState(
                name,
                served == null ? Optional.empty() : Optional.of(served.routes().size()),
                fault.isEmpty() ? Optional.empty() : Optional.of(fault));
    }
}
