package io.tollgate.examples.benchmarks.load;

import java.io.IOException;

/** A way to put load on a server. */
@FunctionalInterface
public interface LoadGenerator {
    /** Puts {@code load} on a server, and blocks until it is over. */
    LoadResult run(LoadSpec load) throws IOException, InterruptedException;
}
