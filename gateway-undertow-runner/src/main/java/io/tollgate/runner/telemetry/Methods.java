package io.tollgate.runner.telemetry;

import java.util.List;

/** The methods that OpenTelemetry names; any other word, which a client may make up, is {@link #OTHER}. */
final class Methods {
    static final String OTHER = "_OTHER";

    private static final List<String> ALL =
            List.of(OTHER, "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

    static final int COUNT = ALL.size();

    private Methods() {}

    static String known(String method) {
        return ALL.get(indexOf(method));
    }

    /** 0 for {@link #OTHER}, to {@link #COUNT} - 1. */
    static int indexOf(String method) {
        return switch (method) {
            case "GET" -> 1;
            case "HEAD" -> 2;
            case "POST" -> 3;
            case "PUT" -> 4;
            case "DELETE" -> 5;
            case "CONNECT" -> 6;
            case "OPTIONS" -> 7;
            case "TRACE" -> 8;
            case "PATCH" -> 9;
            default -> 0;
        };
    }
}
