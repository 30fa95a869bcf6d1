package io.tollgate.grpc.transcoding;

import static java.util.Objects.requireNonNull;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
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

    /** The length of the part of a text that one line of a log has. */
    private static final int MAX_LOGGED = 4_000;

    private final TranscoderGroup group;
    private final String name;
    private final TranscoderGroup.Source source;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile @Nullable ServiceDescriptors descriptors;
    private volatile @Nullable Transcoder built;
    private volatile String fault = "";
    // Of the thread that asks.
    private boolean connected;
    private long reconnections;
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
            } catch (RuntimeException | StackOverflowError e) {
                log.error("descriptors of {} cannot be used", name, e);
                problems.add(unusable(file.toString(), e));
            }
        }
    }

    /** Serves the file as it is now. One call at a time, so that none puts what it read before another's in its place. */
    synchronized boolean reload() {
        Path file = requireNonNull(source.file(), "file");
        try {
            return replace(ServiceDescriptors.read(file));
        } catch (IOException e) {
            return reject(unreadable(file, e).toString(), null);
        } catch (InvalidTranscodingException e) {
            return reject(String.valueOf(e.getMessage()), null);
        } catch (RuntimeException | StackOverflowError e) {
            return reject(unusable(file.toString(), e).toString(), e);
        }
    }

    /** Returns the problem of descriptors with a fault that nothing looks for. */
    private static TranscodingProblem unusable(String source, Throwable fault) {
        return TranscodingProblem.of(source, "cannot be used: " + fault);
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
            Throwable cause = null;
            try {
                use(set);
                group.exchange(problems);
            } catch (InvalidTranscodingException e) {
                problems.addAll(e.problems());
            } catch (RuntimeException | StackOverflowError e) {
                problems.add(unusable(set.source(), e));
                cause = e;
            }
            if (problems.isEmpty()) {
                fault = "";
                log.info("descriptors of {} from {} are served now", name, set.source());
                return true;
            }
            built = before;
            descriptors = former;
            return reject(String.valueOf(new InvalidTranscodingException(problems).getMessage()), cause);
        }
    }

    /** @param cause of a fault that the text does not explain */
    private boolean reject(String text, @Nullable Throwable cause) {
        if (!text.equals(fault)) {
            String former = built == null ? "" : ", the former ones stay";
            List<String> parts = lines(text);
            log.atError().setCause(cause).log("descriptors of {} cannot be served{}: {}", name, former, parts.get(0));
            for (String part : parts.subList(1, parts.size())) {
                // Not as errors, of which a log may pass only the first few of one kind.
                log.info("descriptors of {} cannot be served, further problems: {}", name, part);
            }
        }
        fault = text;
        return false;
    }

    /** Returns the lines of a text in parts that are not too long for a line of a log. */
    private static List<String> lines(String text) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        while (text.length() - from > MAX_LOGGED) {
            int end = text.lastIndexOf('\n', from + MAX_LOGGED);
            if (end <= from) {
                end = text.indexOf('\n', from);
            }
            if (end < 0) {
                break;
            }
            parts.add(text.substring(from, end));
            from = end + 1;
        }
        parts.add(text.substring(from));
        return parts;
    }

    /** Asks the server when it is time, and when it has come back. Never blocks, nor throws: that would end the timer's task. */
    void ask(ScheduledExecutorService timer) {
        try {
            askIfDue(timer);
        } catch (RuntimeException | StackOverflowError e) {
            asking.set(false);
            reject("the server cannot be asked: " + e, e);
        }
    }

    private void askIfDue(ScheduledExecutorService timer) {
        Upstream server = requireNonNull(source.server(), "server");
        long times = server.reconnections();
        boolean now = server.connectivity() == Connectivity.READY;
        boolean due = System.nanoTime() - askedAt >= TranscoderGroup.REFLECTION_INTERVAL.toNanos();
        boolean back = now && (!connected || times != reconnections);
        connected &= now;
        if ((!due && !back) || !asking.compareAndSet(false, true)) {
            return;
        }
        connected = now;
        reconnections = times;
        askedAt = System.nanoTime();
        var unused = ServiceDescriptors.reflect(name, server.channel(), REFLECTION_TIMEOUT)
                .whenComplete((set, failure) -> {
                    asking.set(false);
                    if (!timer.isShutdown()) { // Building takes long for a thread of the connection.
                        timer.execute(() -> {
                            boolean served = failure == null ? replace(set) : undescribed(failure);
                            log.debug("descriptors of {} were asked for, served: {}", name, served);
                        });
                    }
                });
    }

    private boolean undescribed(Throwable failure) {
        GatewayException error = GatewayException.from(failure);
        // Whatever is at fault then, only the cause says it.
        Throwable cause = error.code() == CommonError.INTERNAL_SERVER_ERROR ? error.getCause() : null;
        return reject("the server does not describe them: " + failure.getMessage(), cause);
    }

    TranscoderGroup.ServiceState state() {
        Transcoder served = built;
        return new TranscoderGroup.ServiceState(
                name,
                served == null ? Optional.empty() : Optional.of(served.routes().size()),
                fault.isEmpty() ? Optional.empty() : Optional.of(fault));
    }
}
