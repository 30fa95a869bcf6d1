package io.tollgate.examples.benchmarks.gateway;

import io.tollgate.examples.benchmarks.load.Protocol;
import io.tollgate.examples.benchmarks.report.Row;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The processes under test. A gateway serves one kind of scenario only, so that what its JIT compiler learned from others
 * does not blur the comparison; the one for other routes is the exception.
 */
@SuppressWarnings("ImmutableEnumChecker") // Its collections are unmodifiable, though their types do not say so.
enum Subject {
    GATEWAY("Tollgate as shipped", Kind.GATEWAY, Map.of()),
    LOG_OFF("Tollgate, access log off", Kind.GATEWAY, Map.of("LOG_LEVEL", "warn")),
    TELEMETRY_OFF(
            "Tollgate, metrics and live page off",
            Kind.GATEWAY,
            Map.of("METRICS_ENABLED", "false", "SERVER_ADMIN_ENABLED", "false")),
    TRACED(
            "Tollgate, 1 % traced",
            Kind.GATEWAY, Map.of("OTEL_TRACES_SAMPLER", "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG", "0.01")),
    /** All load comes from one address, so its many logins at once and its wrong tokens must not count as guesses. */
    OTHER_ROUTES(
            "Tollgate as shipped",
            Kind.GATEWAY,
            Map.of(
                    "AUTH_BRUTE_FORCE_WINDOW", "1s",
                    "AUTH_BRUTE_FORCE_ADDRESS_FAILURES", "1000000",
                    "AUTH_BRUTE_FORCE_ACCOUNT_FAILURES", "1000000",
                    "AUTH_BRUTE_FORCE_BAD_TOKENS", "1000000",
                    "AUTH_BRUTE_FORCE_VERIFICATIONS", "1000000",
                    "AUTH_BRUTE_FORCE_VERIFICATIONS_PER_SECOND", "1000000")),
    /** Here they do count: after the first few, no signature of that address is verified any more. */
    ATTACKED("Tollgate as shipped", Kind.GATEWAY, Map.of()),
    LIMITED(
            "Tollgate as shipped",
            Kind.GATEWAY,
            Map.of("REDIS_TOKEN_BUCKET_CAPACITY", "1", "REDIS_TOKEN_BUCKET_REFILL_RATE", "0.000001")),
    FIFTY_POLICIES(
            "Tollgate, 50 policies that do not apply",
            Kind.GATEWAY,
            Map.of("RATE_LIMIT_POLICIES", policiesThatDoNotApply(50))),
    /** With the order service exposed from its descriptors. */
    TRANSCODED("Tollgate, without code", Kind.GATEWAY, Map.of()),
    MANY_USERS("Tollgate as shipped", Kind.GATEWAY, Map.of()),
    /** The same requests of the same generator in each protocol. */
    HTTP_1("Tollgate, HTTP/1.1", Protocol.HTTP_1, Map.of()),
    HTTP_2("Tollgate, HTTP/2, 64 streams on 4 connections", Protocol.HTTP_2, Map.of("SERVER_HTTP_H2C", "true")),
    HTTP_1_TLS("Tollgate, HTTP/1.1 in TLS", Protocol.HTTP_1_TLS, Map.of("SERVER_HTTP_TLS_ENABLED", "true")),
    HTTP_2_TLS(
            "Tollgate, HTTP/2 in TLS, 64 streams on 4 connections",
            Protocol.HTTP_2_TLS,
            Map.of("SERVER_HTTP_TLS_ENABLED", "true")),
    CONSTANT("floor: Undertow, a constant", Kind.CONSTANT_FLOOR, Map.of()),
    ONE_CALL("floor: Undertow, one gRPC call", Kind.CALL_FLOOR, Map.of()),
    PEER("Spring Cloud Gateway", Kind.PEER, Map.of());

    /** The program that runs. */
    enum Kind {
        GATEWAY,
        CONSTANT_FLOOR,
        CALL_FLOOR,
        PEER
    }

    private final String title;
    private final Kind kind;
    private final Protocol protocol;
    private final Map<String, String> variables;

    Subject(String title, Kind kind, Map<String, String> variables) {
        this(title, kind, Protocol.HTTP_1, variables);
    }

    Subject(String title, Protocol protocol, Map<String, String> variables) {
        this(title, Kind.GATEWAY, protocol, variables);
    }

    Subject(String title, Kind kind, Protocol protocol, Map<String, String> variables) {
        this.title = title;
        this.kind = kind;
        this.protocol = protocol;
        this.variables = variables;
    }

    /** Returns what requests are sent in. */
    Protocol protocol() {
        return protocol;
    }

    /** Returns what the reader of a report sees. */
    String title() {
        return title;
    }

    Kind kind() {
        return kind;
    }

    Row.Role role() {
        return switch (kind) {
            case GATEWAY -> Row.Role.GATEWAY;
            case CONSTANT_FLOOR, CALL_FLOOR -> Row.Role.FLOOR;
            case PEER -> Row.Role.PEER;
        };
    }

    /** Returns what distinguishes its configuration from the one as shipped. */
    Map<String, String> variables() {
        return variables;
    }

    private static String policiesThatDoNotApply(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> String.format(
                        Locale.ROOT,
                        "{\"name\":\"other-%d\",\"limits\":\"1000/s\",\"routes\":[\"/api/v1/users/login\"]}",
                        i))
                .collect(Collectors.joining(",", "[", "]"));
    }
}
