package io.tollgate.config;

import java.util.List;

/**
 * Every value of a configuration that is set, defaults included, in the order of the keys. Where values
 * came from does not make one configuration another: all of these are equal. Immutable.
 */
public final class Settings {
    private final List<Setting> all;

    /** Creates one. */
    public Settings(List<Setting> all) {
        this.all = List.copyOf(all);
    }

    /** Returns all of them. Unmodifiable. */
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

    /** The number of settings. */
    @Override
    public String toString() {
        return all.size() + " settings";
    }
}
