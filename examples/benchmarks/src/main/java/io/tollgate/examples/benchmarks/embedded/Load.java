package io.tollgate.examples.benchmarks.embedded;

import io.tollgate.examples.benchmarks.load.LoadResult;
import java.io.IOException;
import java.time.Duration;

/** The requests that a server is measured with. Each carries a valid token, which a server that reads none ignores. */
interface Load {
    /** Sends requests to {@code port} for some time. */
    LoadResult run(int port, Duration duration) throws IOException, InterruptedException;

    /** Returns whether responses show a limit. */
    boolean isLimited(int port) throws IOException, InterruptedException;

    /** Returns whether a request without a token is rejected. */
    boolean isAuthenticated(int port) throws IOException, InterruptedException;
}
