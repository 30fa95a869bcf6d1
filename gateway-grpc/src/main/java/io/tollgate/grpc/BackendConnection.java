package io.tollgate.grpc;

import static java.util.Objects.requireNonNull;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.util.ForwardingSubchannel;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to one backend, as gRPC's load balancing sees it. It is ready while the backend is connected, reports that it
 * serves, if that is asked for, and responds. Behind it connections take turns:
 *
 * <ul>
 *   <li>An attempt to connect that hangs is given up for another one. gRPC waits for 20 and 35 seconds where packets are dropped,
 *       or a proxy accepts for a service that it cannot reach.
 *   <li>A connection over which nothing comes, though calls wait, is probed: any response of {@code grpc.health.v1.Health/Check}
 *       will do, that there is no such method included. Without one in a second, another connection takes its place, over which the
 *       backend has to respond before it gets calls. gRPC's keepalive cannot probe more often than every 10 seconds.
 * </ul>
 *
 * <p>All but the {@link Silence} and what {@link #state()} and {@link #serves()} read happens in the synchronization context of
 * the channel.
 */
final class BackendConnection extends ForwardingSubchannel implements Breaker.Serving {
    private static final Logger log = LoggerFactory.getLogger(BackendConnection.class);
    private static final long PROBE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long HEALTH_AGAIN_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long LOST_NANOS = Duration.ofMillis(100).toNanos();
    private static final ConnectivityStateInfo CONNECTING =
            ConnectivityStateInfo.forNonError(ConnectivityState.CONNECTING);
    private static final ConnectivityStateInfo READY = ConnectivityStateInfo.forNonError(ConnectivityState.READY);

    private final Backends backends;
    private final Backends.Settings settings;
    private final LoadBalancer.Helper helper;
    private final SynchronizationContext context;
    private final CreateSubchannelArgs args;
    private final Silence silence;
    private volatile List<EquivalentAddressGroup> addresses;
    private volatile Subchannel current;
    private volatile ConnectivityState reported = ConnectivityState.IDLE;
    private volatile String problem = "";
    private ConnectivityStateInfo raw = ConnectivityStateInfo.forNonError(ConnectivityState.IDLE);
    private @Nullable SubchannelStateListener listener;
    private @Nullable HealthCall health;
    private long turn; // counts the states and the connections: what belongs to an earlier one is ignored
    private boolean probing;
    private boolean unproven;
    private volatile boolean closed;
    private long replacedNanos;

    BackendConnection(Backends backends, LoadBalancer.Helper helper, CreateSubchannelArgs args) {
        this.backends = backends;
        this.settings = backends.settings();
        this.helper = helper;
        this.context = helper.getSynchronizationContext();
        this.args = args;
        this.addresses = args.getAddresses();
        this.current = helper.createSubchannel(args);
        this.silence = new Silence(() -> after(Silence.LOOK.toNanos(), this::look));
        this.replacedNanos = System.nanoTime() - settings.deadlineNanos();
    }

    @Override
    protected Subchannel delegate() {
        return current;
    }

    Silence silence() {
        return silence;
    }

    long deadlineNanos() {
        return settings.deadlineNanos();
    }

    @Override
    public boolean serves() {
        return !closed && (reported == ConnectivityState.READY || problem.isEmpty());
    }

    /** Returns whether it gets calls, and none has waited for long. */
    boolean responds() {
        return reported == ConnectivityState.READY && !silence.isSuspicious();
    }

    boolean hasAlternatives() {
        return backends.several();
    }

    Backend state() {
        return new Backend(
                address(),
                Connectivity.valueOf(reported.name()),
                Optional.of(problem).filter(p -> !p.isEmpty()));
    }

    private String address() {
        String first = addresses.get(0).getAddresses().get(0).toString();
        // name/10.0.0.7:50052, as InetSocketAddress has it
        return first.substring(first.indexOf('/') + 1);
    }

    @Override
    public void start(SubchannelStateListener receiver) {
        listener = receiver;
        startCurrent();
    }

    private void startCurrent() {
        Subchannel started = current;
        started.start(state -> {
            if (started == current && !closed) {
                entered(state);
            }
        });
    }

    @Override
    public void updateAddresses(List<EquivalentAddressGroup> updated) {
        addresses = updated;
        super.updateAddresses(updated);
    }

    @Override
    public void shutdown() {
        closed = true;
        stopWatching();
        backends.closed(this);
        super.shutdown();
    }

    private void entered(ConnectivityStateInfo state) {
        raw = state;
        turn++;
        stopWatching();
        switch (state.getState()) {
            case READY -> connected();
            case CONNECTING -> {
                report(state);
                inThisTurn(settings.connectNanos(), () -> {
                    problem("does not respond to an attempt to connect");
                    replace();
                });
            }
            case TRANSIENT_FAILURE -> {
                problem("cannot be reached: " + causeOf(state.getStatus()));
                report(state);
                backends.lost();
            }
            case IDLE, SHUTDOWN -> report(state);
        }
    }

    private void connected() {
        if (settings.health() != null) {
            report(CONNECTING);
            watch(settings.health());
            inThisTurn(settings.connectNanos(), () -> {
                if (reported == ConnectivityState.CONNECTING) {
                    probed(false);
                }
            });
        } else if (unproven) {
            report(CONNECTING);
            probe();
        } else {
            serve();
        }
    }

    private void serve() {
        unproven = false;
        if (!problem.isEmpty()) {
            log.info("{}: backend {} gets calls again", settings.name(), address());
            problem = "";
        }
        report(READY);
    }

    private void report(ConnectivityStateInfo state) {
        reported = state.getState();
        requireNonNull(listener, "listener").onSubchannelState(state);
    }

    private void problem(String what) {
        if (!what.equals(problem)) {
            problem = what;
            log.warn("{}: backend {} gets no calls: it {}", settings.name(), address(), what);
        }
    }

    /** Returns the message that says most: of a handshake that failed, what is wrong with the certificate. */
    private static String causeOf(Status status) {
        String said = String.valueOf(status.getDescription());
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null) {
                said = cause.getMessage();
            }
        }
        return OneLine.of(said);
    }

    /** Makes a new connection in the place of the one that is; calls in flight stay on that until they end. */
    private void replace() {
        stopWatching();
        turn++;
        replacedNanos = System.nanoTime();
        silence.cleared();
        Subchannel before = current;
        addresses = rotated(addresses);
        current =
                helper.createSubchannel(args.toBuilder().setAddresses(addresses).build());
        startCurrent();
        raw = CONNECTING;
        report(CONNECTING);
        current.requestConnection();
        before.shutdown();
    }

    /** Returns the addresses with another one at the beginning, if there is another. */
    private static List<EquivalentAddressGroup> rotated(List<EquivalentAddressGroup> groups) {
        List<EquivalentAddressGroup> single = new ArrayList<>();
        for (EquivalentAddressGroup group : groups) {
            for (SocketAddress address : group.getAddresses()) {
                single.add(new EquivalentAddressGroup(address, group.getAttributes()));
            }
        }
        single.add(single.remove(0));
        return single;
    }

    private void look() {
        if (closed) {
            return;
        }
        if (raw.getState() == ConnectivityState.READY && !probing && silence.isSuspicious()) {
            probe();
        }
        if (silence.goOn()) {
            after(Silence.LOOK.toNanos(), this::look);
        }
    }

    private void probe() {
        probing = true;
        long now = turn;
        long heard = silence.heardNanos();
        HealthCall.check(current.asChannel(), PROBE_NANOS, new HealthCall.Receiver() {
            @Override
            public void reported(HealthCall.Serving status) {}

            @Override
            public void ended(Status status, boolean responded) {
                context.execute(() -> {
                    probing = false;
                    if (now == turn && !closed) {
                        // Some rejections come without a head: any end but that of the time is a response.
                        probed(responded
                                || status.getCode() != Status.Code.DEADLINE_EXCEEDED
                                || silence.heardNanos() != heard);
                    }
                });
            }
        });
    }

    private void probed(boolean responded) {
        if (responded) {
            silence.cleared();
            if (unproven && reported != ConnectivityState.READY && settings.health() == null) {
                serve();
            }
            return;
        }
        boolean others = backends.othersRespond(this);
        unproven = others; // with nothing to fall back on, a slow response is better than none
        if (!others && System.nanoTime() - replacedNanos < settings.deadlineNanos() + PROBE_NANOS) {
            if (reported == ConnectivityState.CONNECTING) {
                serve();
            }
            return; // a service that hangs gains nothing from new connections
        }
        problem("does not respond");
        silence.abandon();
        if (!others) {
            backends.replacing();
        }
        replace();
    }

    private void watch(String service) {
        long now = turn;
        health = HealthCall.watch(current.asChannel(), service, new HealthCall.Receiver() {
            @Override
            public void reported(HealthCall.Serving status) {
                silence.heard();
                context.execute(() -> {
                    if (now == turn && !closed) {
                        healthReported(service, status);
                    }
                });
            }

            @Override
            public void ended(Status status, boolean responded) {
                context.execute(() -> {
                    if (now == turn && !closed) {
                        healthEnded(service, status, responded);
                    }
                });
            }
        });
    }

    private void healthReported(String service, HealthCall.Serving status) {
        if (status == HealthCall.Serving.SERVING) {
            serve();
            return;
        }
        problem(
                status == HealthCall.Serving.NOT_SERVING
                        ? "reports NOT_SERVING"
                        : "does not know the health of \"" + service + "\"");
        report(ConnectivityStateInfo.forTransientFailure(
                Status.UNAVAILABLE.withDescription("backend " + address() + " " + problem)));
    }

    /** A backend that does not tell its health, or not us, is taken for healthy while it is connected. */
    private void healthEnded(String service, Status status, boolean responded) {
        health = null;
        if (responded) {
            healthNotTold(service, status);
        } else {
            // If the connection is lost, that is another event. If not, the other end rejects what it does not know
            // without a head.
            inThisTurn(LOST_NANOS, () -> healthNotTold(service, status));
        }
    }

    private void healthNotTold(String service, Status status) {
        if (status.getCode() == Status.Code.UNIMPLEMENTED) {
            serve(); // also if another process at this address has told something before
            return;
        }
        if (reported == ConnectivityState.CONNECTING) {
            log.warn("{}: backend {} does not report its health: {}", settings.name(), address(), causeOf(status));
            serve();
        }
        inThisTurn(HEALTH_AGAIN_NANOS, () -> watch(service));
    }

    private void stopWatching() {
        if (health != null) {
            health.cancel();
            health = null;
        }
    }

    private void inThisTurn(long nanos, Runnable task) {
        long now = turn;
        after(nanos, () -> {
            if (now == turn) {
                task.run();
            }
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what is late finds another turn
    private void after(long nanos, Runnable task) {
        context.schedule(
                () -> {
                    if (!closed) {
                        task.run();
                    }
                },
                nanos,
                TimeUnit.NANOSECONDS,
                helper.getScheduledExecutorService());
    }
}
