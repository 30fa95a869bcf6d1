package io.tollgate.runner.config;

import static io.tollgate.config.ValueType.bool;
import static io.tollgate.config.ValueType.choice;
import static io.tollgate.config.ValueType.duration;
import static io.tollgate.config.ValueType.host;
import static io.tollgate.config.ValueType.integer;
import static io.tollgate.config.ValueType.listOf;
import static io.tollgate.config.ValueType.text;
import static io.tollgate.runner.config.ConfigKeys.key;

import io.tollgate.config.ConfigKey;
import io.tollgate.config.ConfigValues;
import io.tollgate.config.ValueType;
import io.tollgate.grpc.LoadBalancing;
import io.tollgate.grpc.OutlierDetection;
import io.tollgate.runner.config.GatewayConfig.Grpc;
import io.tollgate.runner.config.GatewayConfig.HostPort;
import io.tollgate.runner.config.GatewayConfig.Service;
import io.tollgate.runner.config.GatewayConfig.ServiceTls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The keys that each service has. */
final class ServiceKeys {
    private static final int PORT_OF_THE_SERVICE = 0;

    private final String section;
    private final ConfigKey<String> name;
    private final ConfigKey<List<HostPort>> host;
    private final ConfigKey<Integer> port;
    private final ConfigKey<LoadBalancing> loadBalancing;
    private final ConfigKey<Duration> resolveInterval;
    private final ConfigKey<Duration> deadline;
    private final ConfigKey<Boolean> circuitBreaker;
    private final ConfigKey<Integer> retryBudget;
    private final ConfigKey<Duration> keepaliveTime;
    private final ConfigKey<Duration> keepaliveTimeout;
    private final ConfigKey<Boolean> keepalivePermitWithoutStream;
    private final ConfigKey<Boolean> healthCheck;
    private final ConfigKey<String> healthService;
    private final ConfigKey<Boolean> outlierDetection;
    private final ConfigKey<Integer> failurePercent;
    private final ConfigKey<Integer> minimumCalls;
    private final ConfigKey<Duration> interval;
    private final ConfigKey<Duration> ejectionTime;
    private final ConfigKey<Integer> maxEjectedPercent;
    private final ConfigKey<Boolean> tls;
    private final ConfigKey<Path> ca;
    private final ConfigKey<Path> cert;
    private final ConfigKey<Path> certKey;
    private final ConfigKey<String> serverName;

    ServiceKeys(String section, String defaultName, String defaultPort) {
        OutlierDetection outliers = OutlierDetection.defaults();
        this.section = section;
        this.name = key(section + ".name", ConfigKeys.label(), defaultName, "Its name in logs");
        this.host = key(
                section + ".host",
                backends(),
                "localhost",
                "Its backends: names, of which all addresses are used, or addresses, each with a port of its own if it has one");
        this.port = key(section + ".port", ConfigKeys.PORT, defaultPort, "Its gRPC port");
        this.loadBalancing = key(
                section + ".load_balancing",
                choice(LoadBalancing.class),
                "round_robin",
                "Whether backends get calls in turn, or all go to the first that can be reached");
        this.resolveInterval = key(
                section + ".resolve_interval",
                duration("1s", "24h"),
                "5s",
                "How often names are looked up again; they are too when a backend is lost");
        this.deadline = key(section + ".deadline", duration("1ms", "10m"), "5s", "How long a call to it may take");
        this.circuitBreaker = key(
                section + ".circuit_breaker",
                bool(),
                "true",
                "Whether calls fail at once, as `CIRCUIT_OPEN`, for a while after most of the latest failed");
        this.retryBudget = key(
                section + ".retry_budget",
                integer("a percentage", 0, 100),
                "10",
                "The most retries in percent of the calls that may be retried, over 10 seconds, beside one a second; 0 for"
                        + " none");
        this.keepaliveTime = key(
                section + ".grpc.keepalive_time",
                duration("10s", "24h"),
                "30s",
                "How long a connection may be silent before it is probed");
        this.keepaliveTimeout = key(
                section + ".grpc.keepalive_timeout",
                duration("10ms", "10m"),
                "5s",
                "How long the answer to that probe may take");
        this.keepalivePermitWithoutStream = key(
                section + ".grpc.keepalive_permit_without_stream",
                bool(),
                "true",
                "Whether to probe while no call is under way");
        this.healthCheck = key(
                section + ".health_check.enabled",
                bool(),
                "true",
                "Whether a backend gets no calls while it reports NOT_SERVING (`grpc.health.v1`); one that does not have this"
                        + " service gets calls");
        this.healthService = key(
                section + ".health_check.service",
                text(100),
                null,
                "The name of the service whose health is asked for. Unset: the backend as a whole");
        this.outlierDetection = key(
                section + ".outlier_detection.enabled",
                bool(),
                "false",
                "Whether a backend that fails far more often than it should gets no calls for a while");
        this.failurePercent = key(
                section + ".outlier_detection.failure_percent",
                integer("a percentage", 1, 100),
                Integer.toString(outliers.failurePercent()),
                "The share of failed calls above which it is ejected");
        this.minimumCalls = key(
                section + ".outlier_detection.minimum_calls",
                integer("a number", 1, 1_000_000),
                Integer.toString(outliers.minimumCalls()),
                "The calls in an interval that it takes to judge it");
        this.interval = key(
                section + ".outlier_detection.interval",
                duration("100ms", "10m"),
                "1s",
                "How long calls are counted before it is judged");
        this.ejectionTime = key(
                section + ".outlier_detection.ejection_time",
                duration("100ms", "1h"),
                "5s",
                "How long it is ejected the first time; each further time adds as much, up to ten times that");
        this.maxEjectedPercent = key(
                section + ".outlier_detection.max_ejected_percent",
                integer("a percentage", 1, 100),
                Integer.toString(outliers.maxEjectedPercent()),
                "The most backends in percent that are ejected at the same time");
        this.tls = key(section + ".tls.enabled", bool(), "false", "Whether to connect by TLS");
        this.ca = key(
                section + ".tls.ca",
                file(),
                null,
                "A PEM file with the authorities that may have issued its certificate. Unset: those that the JVM trusts");
        this.cert = key(
                section + ".tls.cert",
                file(),
                null,
                "A PEM file with the certificate that the gateway presents, and its chain. Unset: none");
        this.certKey = key(section + ".tls.key", file(), null, "A PEM file with the key of that certificate");
        this.serverName = key(
                section + ".tls.server_name",
                host(),
                null,
                "The name that its certificate must have. Unset: that of the host, or its address");
    }

    private static ValueType<Path> file() {
        ValueType<String> text = text(4096);
        return new ValueType<>("a path", false, value -> Path.of(text.parse(value)));
    }

    /** A host with a port of its own, or with {@value #PORT_OF_THE_SERVICE}. */
    /** Returns the type of a list of hosts, of which {@link #withPort} completes those that name no port. */
    static ValueType<List<HostPort>> backends() {
        ValueType<String> host = host();
        return listOf(new ValueType<>(
                "a host name or an address, without scheme, with its port if it has one of its own", false, text -> {
                    int colon = text.lastIndexOf(':');
                    boolean hasPort = colon >= 0 && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']');
                    if (!hasPort) {
                        return new HostPort(host.parse(text), PORT_OF_THE_SERVICE);
                    }
                    return new HostPort(
                            host.parse(text.substring(0, colon)), ConfigKeys.PORT.parse(text.substring(colon + 1)));
                }));
    }

    Optional<String> name(ConfigValues values) {
        return values.find(name);
    }

    static List<HostPort> withPort(List<HostPort> backends, int port) {
        return backends.stream()
                .map(one -> one.port() == PORT_OF_THE_SERVICE ? new HostPort(one.host(), port) : one)
                .distinct()
                .toList();
    }

    /** Notes settings that are right alone and wrong together. */
    void check(ConfigValues values) {
        if (values.find(host).filter(List::isEmpty).isPresent()) {
            values.problem(host, "none (expected: at least one)");
        }
        boolean hasCert = values.find(cert).isPresent();
        if (hasCert != values.find(certKey).isPresent()) {
            values.problem(
                    hasCert ? certKey : cert, "unset (expected: a path, as " + (hasCert ? cert : certKey) + " is set)");
        }
    }

    /** Returns a warning of settings without an effect, if there are some. */
    Optional<String> warning(ConfigValues values) {
        boolean unused = !values.find(tls).orElse(true)
                && (values.find(ca).isPresent()
                        || values.find(cert).isPresent()
                        || values.find(serverName).isPresent());
        return unused ? Optional.of(section + ".tls is not used, as " + tls + " is false") : Optional.empty();
    }

    Service bind(ConfigValues v, boolean idempotent) {
        return new Service(
                v.get(name),
                withPort(v.get(host), v.get(port)),
                v.get(loadBalancing),
                v.get(resolveInterval),
                v.get(deadline),
                v.get(circuitBreaker),
                v.get(retryBudget),
                new Grpc(v.get(keepaliveTime), v.get(keepaliveTimeout), v.get(keepalivePermitWithoutStream)),
                v.get(healthCheck) ? Optional.of(v.find(healthService).orElse("")) : Optional.empty(),
                v.get(outlierDetection)
                        ? Optional.of(new OutlierDetection(
                                v.get(failurePercent),
                                v.get(minimumCalls),
                                v.get(interval),
                                v.get(ejectionTime),
                                v.get(maxEjectedPercent)))
                        : Optional.empty(),
                v.get(tls)
                        ? Optional.of(
                                new ServiceTls(section, v.find(ca), v.find(cert), v.find(certKey), v.find(serverName)))
                        : Optional.empty(),
                idempotent);
    }
}
