package io.tollgate.auth;

/**
 * What became of refresh tokens that were presented, since the service was built. Of this process alone.
 *
 * @param rotations tokens that were good, and replaced
 * @param reuses tokens that had been used before, for which their family was revoked
 */
public record RefreshStats(long rotations, long reuses) {}
