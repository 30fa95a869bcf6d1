package io.tollgate.examples.benchmarks.gateway;

/**
 * The outcome of the guard.
 *
 * @param passes whether the build is as fast as it was
 * @param text what was measured and what is allowed, for the log of a build
 */
record GuardVerdict(boolean passes, String text) {}
