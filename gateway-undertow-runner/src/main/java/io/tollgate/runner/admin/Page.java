package io.tollgate.runner.admin;

import io.undertow.server.HttpHandler;
import java.util.List;

/**
 * Something that the operators' port answers.
 *
 * @param path all of it; ending in {@code /} and longer than that, the beginning of it
 * @param methods upper-case
 * @param blocking whether it takes its time, and so a thread of its own
 */
record Page(String path, List<String> methods, Guard.Access access, boolean blocking, HttpHandler handler) {
    static Page get(String path, Guard.Access access, HttpHandler handler) {
        return new Page(path, List.of("GET", "HEAD"), access, false, handler);
    }

    /** The same, on a thread of its own. */
    Page onWorker() {
        return new Page(path, methods, access, true, handler);
    }

    boolean matches(String requested) {
        boolean isBeginning = path.length() > 1 && path.endsWith("/");
        if (!isBeginning) {
            return requested.equals(path);
        }
        return requested.startsWith(path) && requested.length() > path.length();
    }
}
