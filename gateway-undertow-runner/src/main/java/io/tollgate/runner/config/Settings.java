package io.tollgate.runner.config;

import java.util.List;

/**
 * Every value of a configuration that is set, defaults included, in the order of {@link ConfigKeys#all()}. Where values
 * came from does not make one configuration another: all of these are equal. Immutable.
 */
public final class Settings {
    private final List<Setting> all;

    Settings(List<Setting> all) {
        this.all = List.copyOf(all);
    }

    /** All of them. Unmodifiable. */
    public List<Setting> all() {
        return all;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Settings;
    }

    @Override
    public int hashCode() {
        return 1;
    }

    /** How many there are. */
    @Override
    public String toString() {
        return all.size() + " settings";
    }
}
