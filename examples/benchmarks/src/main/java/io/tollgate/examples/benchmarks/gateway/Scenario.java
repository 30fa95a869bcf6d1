package io.tollgate.examples.benchmarks.gateway;

import static io.tollgate.examples.benchmarks.gateway.Subject.ATTACKED;
import static io.tollgate.examples.benchmarks.gateway.Subject.CONSTANT;
import static io.tollgate.examples.benchmarks.gateway.Subject.FIFTY_POLICIES;
import static io.tollgate.examples.benchmarks.gateway.Subject.GATEWAY;
import static io.tollgate.examples.benchmarks.gateway.Subject.LOG_OFF;
import static io.tollgate.examples.benchmarks.gateway.Subject.MANY_USERS;
import static io.tollgate.examples.benchmarks.gateway.Subject.ONE_CALL;
import static io.tollgate.examples.benchmarks.gateway.Subject.OTHER_ROUTES;
import static io.tollgate.examples.benchmarks.gateway.Subject.PEER;
import static io.tollgate.examples.benchmarks.gateway.Subject.TELEMETRY_OFF;
import static io.tollgate.examples.benchmarks.gateway.Subject.TRACED;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** All scenarios. A new one is a line here. */
@SuppressWarnings("ImmutableEnumChecker") // Its collections are unmodifiable, though their types do not say so.
enum Scenario {
    PURCHASE("purchase", RequestKind.PURCHASE, 64, GATEWAY, LOG_OFF, TELEMETRY_OFF, TRACED, ONE_CALL, PEER),
    TRANSCODED("purchase, transcoded", RequestKind.TRANSCODED, 64, Subject.TRANSCODED),
    HEALTH("health", RequestKind.HEALTH, 64, OTHER_ROUTES, CONSTANT),
    LIMITED("429", RequestKind.LIMITED, 64, Subject.LIMITED, PEER),
    BAD_TOKEN("401", RequestKind.BAD_TOKEN, 64, OTHER_ROUTES, PEER),
    FORGED("forged ES256 token", RequestKind.FORGED, 64, OTHER_ROUTES),
    FORGED_TOO_OFTEN("forged ES256 token, limited", RequestKind.FORGED_TOO_OFTEN, 64, ATTACKED),
    LOGIN("login", RequestKind.LOGIN, 64, OTHER_ROUTES),
    OPEN_2000("2,000/s, open loop", RequestKind.PURCHASE, 64, 2_000, GATEWAY, ONE_CALL, PEER),
    OPEN_5000("5,000/s, open loop", RequestKind.PURCHASE, 64, 5_000, GATEWAY, ONE_CALL, PEER),
    CONNECTIONS_16("16 connections", RequestKind.PURCHASE, 16, GATEWAY, ONE_CALL, PEER),
    CONNECTIONS_1000("1,000 connections", RequestKind.PURCHASE, 1_000, GATEWAY, ONE_CALL, PEER),
    POLICIES_50("50 policies", RequestKind.PURCHASE, 64, FIFTY_POLICIES, GATEWAY),
    PROTOCOLS(
            "HTTP/1.1, HTTP/2 and TLS",
            RequestKind.PURCHASE_BY_ONE,
            64,
            Subject.HTTP_1,
            Subject.HTTP_2,
            Subject.HTTP_1_TLS,
            Subject.HTTP_2_TLS),
    USERS_1000000("1,000,000 users", RequestKind.PURCHASE_BY_A_MILLION, 64, MANY_USERS, PEER);

    private final String title;
    private final RequestKind request;
    private final int connections;
    private final int perSecond;
    private final List<Subject> subjects;

    Scenario(String title, RequestKind request, int connections, Subject... subjects) {
        this(title, request, connections, 0, subjects);
    }

    Scenario(String title, RequestKind request, int connections, int perSecond, Subject... subjects) {
        this.title = title;
        this.request = request;
        this.connections = connections;
        this.perSecond = perSecond;
        this.subjects = List.of(subjects);
    }

    /** Returns the name on the command line, such as {@code open-2000}. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns what the reader of a report sees. */
    String title() {
        return title;
    }

    RequestKind request() {
        return request;
    }

    int connections() {
        return connections;
    }

    boolean isOpen() {
        return perSecond > 0;
    }

    /** Returns the rate of an open loop; 0 for a closed loop. */
    int perSecond() {
        return perSecond;
    }

    /** Returns the processes to measure, Tollgate as shipped first. */
    List<Subject> subjects() {
        return subjects;
    }

    /** Returns the process that stands for the gateway where two of its jars are compared. */
    Subject gateway() {
        return subjects.get(0);
    }

    /**
     * Reads a list of names.
     *
     * @throws IllegalArgumentException with all names if one is unknown
     */
    static List<Scenario> parse(String names) {
        return Arrays.stream(names.split(",")).map(Scenario::of).toList();
    }

    private static Scenario of(String name) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.id().equals(name.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("scenario: " + name + " (expected: "
                        + Arrays.stream(values()).map(Scenario::id).collect(Collectors.joining(", ")) + ")"));
    }
}
