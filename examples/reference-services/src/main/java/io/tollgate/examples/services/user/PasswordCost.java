package io.tollgate.examples.services.user;

/**
 * What a guess at a password costs: the parameters of Argon2id, with one lane.
 *
 * @param memoryKib memory per hash in KiB, 8 to 1,048,576
 * @param iterations passes over it, 1 to 100
 */
public record PasswordCost(int memoryKib, int iterations) {
    /** 19 MiB and 2 passes: the least that OWASP recommends, about 40 ms. */
    public static final PasswordCost DEFAULT = new PasswordCost(19 * 1024, 2);

    private static final int MAX_MEMORY_KIB = 1 << 20;
    private static final int MAX_ITERATIONS = 100;

    public PasswordCost {
        if (memoryKib < 8 || memoryKib > MAX_MEMORY_KIB) {
            throw new IllegalArgumentException("memoryKib: " + memoryKib + " (expected: 8 to " + MAX_MEMORY_KIB + ")");
        }
        if (iterations < 1 || iterations > MAX_ITERATIONS) {
            throw new IllegalArgumentException(
                    "iterations: " + iterations + " (expected: 1 to " + MAX_ITERATIONS + ")");
        }
    }

    /** Whether this costs less than {@link #DEFAULT}: good for tests, bad for people. */
    public boolean isWeak() {
        return (long) memoryKib * iterations < (long) DEFAULT.memoryKib * DEFAULT.iterations;
    }
}
