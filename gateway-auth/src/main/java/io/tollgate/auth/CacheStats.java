package io.tollgate.auth;

/**
 * How the memory of verified tokens does, since the verifier was built.
 *
 * @param hits tokens that were remembered
 * @param misses tokens that were not, good and bad
 * @param size how many are remembered now, about
 */
public record CacheStats(long hits, long misses, long size) {}
