package io.tollgate.auth;

/**
 * Counts of refresh tokens that were presented to this process since the service was built.
 *
 * @param rotations tokens that were valid and replaced
 * @param reuses tokens that had been used before, and whose family was revoked
 */
public record RefreshStats(long rotations, long reuses) {}
