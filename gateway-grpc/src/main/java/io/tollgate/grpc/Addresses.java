package io.tollgate.grpc;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ProxiedSocketAddress;
import io.grpc.ProxyDetector;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of the backends of one upstream, as they were found last. A name that cannot be looked up keeps the addresses that
 * it had: an outage of DNS is none of the service, and connections tell which of them are gone. Used by one thread at a time.
 */
final class Addresses {
    private static final Logger log = LoggerFactory.getLogger(Addresses.class);

    /** Each has a connection; a response of DNS that lists more is not that of a service. */
    static final int MOST = 256;

    private final String name;
    private final List<Target> targets;
    private final boolean overridden;
    private final int seed = ThreadLocalRandom.current().nextInt();
    private final Map<Target, List<List<InetSocketAddress>>> found = new HashMap<>();
    private final Map<Target, String> failures = new HashMap<>();
    private int tooMany = MOST; // what was logged

    /** @param overridden whether one name of the server holds for all backends, in place of those of the targets */
    Addresses(String name, List<Target> targets, boolean overridden) {
        this.name = name;
        this.targets = List.copyOf(targets);
        this.overridden = overridden;
    }

    /** Returns the authority of the calls of which the backend does not decide it. */
    String authority() {
        return targets.get(0).authority();
    }

    List<Target> targets() {
        return targets;
    }

    /** Returns whether a look-up can ever find something new. */
    boolean canChange() {
        return targets.stream().anyMatch(target -> !target.isAddress());
    }

    /** Looks all names up; blocks. Returns the backends, without those that are named twice. */
    StatusOr<List<EquivalentAddressGroup>> lookUp(ProxyDetector proxies) {
        Map<List<? extends SocketAddress>, EquivalentAddressGroup> backends = new LinkedHashMap<>();
        for (Target target : targets) {
            for (List<? extends SocketAddress> addresses : lookUp(target, proxies)) {
                backends.putIfAbsent(addresses, group(target, addresses));
            }
        }
        if (backends.isEmpty()) {
            return StatusOr.fromStatus(Status.UNAVAILABLE.withDescription(
                    "no address was found: " + String.join("; ", failures.values())));
        }
        if (backends.size() > MOST && backends.size() != tooMany) {
            log.warn("{}: {} addresses were found, {} of them are used", name, backends.size(), MOST);
        }
        tooMany = Math.max(MOST, backends.size());
        return StatusOr.fromValue(backends.values().stream().limit(MOST).toList());
    }

    private EquivalentAddressGroup group(Target target, List<? extends SocketAddress> addresses) {
        Attributes attributes = overridden || targets.size() == 1
                ? Attributes.EMPTY
                : Attributes.newBuilder()
                        .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, target.authority())
                        .build();
        return new EquivalentAddressGroup(List.copyOf(addresses), attributes);
    }

    private List<? extends List<? extends SocketAddress>> lookUp(Target target, ProxyDetector proxies) {
        try {
            ProxiedSocketAddress proxy = proxies.proxyFor(target.unresolved());
            if (proxy instanceof HttpConnectProxiedSocketAddress) {
                return List.of(List.of(proxy)); // the proxy looks the name up
            }
            List<List<InetSocketAddress>> backends = new ArrayList<>(target.lookUp());
            // The same order each time, and another one in each process: the first is not to be that of all gateways.
            backends.sort(Comparator.comparingInt(addresses -> (addresses.get(0).hashCode() * 31) ^ seed));
            found.put(target, backends);
            if (failures.remove(target) != null) {
                log.info("{}: {} was found again", name, target.host());
            }
            return backends;
        } catch (UnknownHostException e) {
            return asBefore(target, "the name " + target.host() + " cannot be resolved");
        } catch (IOException e) {
            return asBefore(target, "the proxy of " + target.host() + " cannot be determined: " + e.getMessage());
        }
    }

    private List<List<InetSocketAddress>> asBefore(Target target, String why) {
        List<List<InetSocketAddress>> before = found.getOrDefault(target, List.of());
        if (!why.equals(failures.put(target, why))) {
            log.warn(
                    "{}: {}{}",
                    name,
                    why,
                    before.isEmpty() ? "" : ", the addresses that were found before stay in use");
        }
        return before;
    }
}
