package io.tollgate.runner.admin.health;

import java.util.Locale;

/** How good things are, the best first. */
public enum Status {
    OK,
    DEGRADED,
    DOWN;

    /** As the contract writes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
