package io.tollgate.grpc;

import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import io.grpc.util.ForwardingLoadBalancer;
import io.grpc.util.ForwardingLoadBalancerHelper;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The backends of one upstream: a load-balancing policy around gRPC's own, whose connections are watched by
 * {@link BackendConnection}. gRPC's policies decide which of those that are ready gets a call; this decides which are ready.
 */
final class Backends extends LoadBalancerProvider {
    private final String policy;
    private final Settings settings;
    private final Set<BackendConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile Runnable onLoss = () -> {};
    private volatile Runnable onReplace = () -> {};

    /**
     * The settings that all connections of an upstream have in common.
     *
     * @param name the name of the upstream, for the log
     * @param health the name by which the health of the backends is asked for; null if it is not
     * @param connectNanos the time after which an attempt to connect is given up
     * @param deadlineNanos the deadline of the upstream
     */
    record Settings(String name, @Nullable String health, long connectNanos, long deadlineNanos) {}

    /** @param policy a name that no other policy in this process has */
    Backends(String policy, Settings settings) {
        this.policy = policy;
        this.settings = settings;
    }

    /** Sets the callback for a backend that cannot be reached, which must not block. */
    void onLoss(Runnable callback) {
        onLoss = callback;
    }

    /** Sets the callback for a connection to the only backend that is replaced, which must not block. */
    void onReplace(Runnable callback) {
        onReplace = callback;
    }

    /** Returns the configuration of this policy around another. */
    Map<String, ?> around(Map<String, ?> child) {
        return Map.of(policy, child);
    }

    /** Returns the state of each backend; empty before the first look-up. */
    List<Backend> states() {
        return connections.stream()
                .map(BackendConnection::state)
                .sorted(Comparator.comparing(Backend::address))
                .toList();
    }

    Settings settings() {
        return settings;
    }

    /**
     * Returns whether a backend other than this one gets calls, and responds. If all are silent at a time, then what they have in
     * common is slow, and there is nothing to gain from leaving one out.
     */
    boolean othersRespond(BackendConnection one) {
        return connections.stream().anyMatch(other -> other != one && other.responds());
    }

    /** Returns whether calls may go to another backend. */
    boolean several() {
        return connections.size() > 1;
    }

    void lost() {
        onLoss.run();
    }

    void replacing() {
        onReplace.run();
    }

    void closed(BackendConnection connection) {
        connections.remove(connection);
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public int getPriority() {
        return 5;
    }

    @Override
    public String getPolicyName() {
        return policy;
    }

    @Override
    public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> config) {
        Map.Entry<String, ?> only = config.entrySet().iterator().next();
        LoadBalancerProvider child = Objects.requireNonNull(
                LoadBalancerRegistry.getDefaultRegistry().getProvider(only.getKey()), only.getKey());
        @SuppressWarnings("unchecked") // made by UpstreamBuilder
        ConfigOrError parsed = child.parseLoadBalancingPolicyConfig((Map<String, ?>) only.getValue());
        return parsed.getError() != null
                ? parsed
                : ConfigOrError.fromConfig(new Child(
                        child,
                        Objects.requireNonNull(parsed.getConfig(), "config"),
                        only.getKey().equals(OutlierDetection.POLICY)));
    }

    @Override
    public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
        return new Balancer(new WatchingHelper(helper));
    }

    /** @param single whether it cannot do with a backend of two addresses: it counts for none of them, and fails with that */
    private record Child(LoadBalancerProvider provider, Object config, boolean single) {}

    /** Makes the policy below with the first addresses, and leaves all else to it. */
    private static final class Balancer extends ForwardingLoadBalancer {
        private final LoadBalancer.Helper helper;
        private @Nullable LoadBalancer child;

        Balancer(LoadBalancer.Helper helper) {
            this.helper = helper;
        }

        @Override
        protected LoadBalancer delegate() {
            return Objects.requireNonNull(child, "child");
        }

        @Override
        public Status acceptResolvedAddresses(LoadBalancer.ResolvedAddresses resolved) {
            Child configured = (Child) Objects.requireNonNull(resolved.getLoadBalancingPolicyConfig(), "config");
            if (child == null) {
                child = configured.provider().newLoadBalancer(helper);
            }
            return child.acceptResolvedAddresses(resolved.toBuilder()
                    .setAddresses(configured.single() ? firstOfEach(resolved.getAddresses()) : resolved.getAddresses())
                    .setLoadBalancingPolicyConfig(configured.config())
                    .build());
        }

        private static List<EquivalentAddressGroup> firstOfEach(List<EquivalentAddressGroup> backends) {
            return backends.stream()
                    .map(group ->
                            new EquivalentAddressGroup(group.getAddresses().get(0), group.getAttributes()))
                    .toList();
        }

        @Override
        public void handleNameResolutionError(Status error) {
            if (child == null) {
                helper.updateBalancingState(
                        ConnectivityState.TRANSIENT_FAILURE,
                        new LoadBalancer.FixedResultPicker(LoadBalancer.PickResult.withError(error)));
            } else {
                child.handleNameResolutionError(error);
            }
        }

        @Override
        public void requestConnection() {
            if (child != null) {
                child.requestConnection();
            }
        }

        @Override
        public void shutdown() {
            if (child != null) {
                child.shutdown();
            }
        }
    }

    /** The helper that the policies below connect and pick with. */
    private final class WatchingHelper extends ForwardingLoadBalancerHelper {
        private final LoadBalancer.Helper helper;

        WatchingHelper(LoadBalancer.Helper helper) {
            this.helper = helper;
        }

        @Override
        protected LoadBalancer.Helper delegate() {
            return helper;
        }

        @Override
        public LoadBalancer.Subchannel createSubchannel(LoadBalancer.CreateSubchannelArgs args) {
            BackendConnection connection = new BackendConnection(Backends.this, helper, args);
            connections.add(connection);
            return connection;
        }

        @Override
        public void updateBalancingState(ConnectivityState state, LoadBalancer.SubchannelPicker picker) {
            helper.updateBalancingState(state, new WatchedPicker(picker));
        }
    }

    /** Observes the calls that the picker below gives to a backend. */
    private static final class WatchedPicker extends LoadBalancer.SubchannelPicker {
        private final LoadBalancer.SubchannelPicker picker;

        WatchedPicker(LoadBalancer.SubchannelPicker picker) {
            this.picker = picker;
        }

        @Override
        public LoadBalancer.PickResult pickSubchannel(LoadBalancer.PickSubchannelArgs args) {
            LoadBalancer.PickResult picked = picker.pickSubchannel(args);
            if (!(picked.getSubchannel() instanceof BackendConnection backend)) {
                return picked;
            }
            CallOptions options = args.getCallOptions();
            ReceivedTrailers.pickedFor(options, backend);
            return picked.copyWithSubchannel(backend.delegate())
                    .copyWithStreamTracerFactory(
                            new WatchedCall.Factory(backend, options, picked.getStreamTracerFactory()));
        }
    }
}
