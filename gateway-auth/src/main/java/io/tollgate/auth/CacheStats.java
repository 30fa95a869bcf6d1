package io.tollgate.auth;

/**
 * Counts of a verifier's cache since it was built.
 *
 * @param hits verified tokens that were cached
 * @param misses verified tokens that were not cached, valid and invalid
 * @param size approximate number of tokens that are cached now
 * @param bytes approximate bytes that these tokens take
 */
public record CacheStats(long hits, long misses, long size, long bytes) {}
