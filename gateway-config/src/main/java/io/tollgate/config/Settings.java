package io.tollgate.config;

import java.util.List;

/**
 * Every value of a configuration that is set, defaults included, in the order of the keys. Where values
 * came from does not make one configuration another: all of these are equal. Immutable.
 */
public final class Settings {
    private final List<Setting> all;
    private final List<FileSecret> files;

    /**
     * Creates one.
     *
     * @param files the secrets that came from files of their own
     */
    public Settings(List<Setting> all, List<FileSecret> files) {
        this.all = List.copyOf(all);
        this.files = List.copyOf(files);
    }

    /** Returns all of them. Unmodifiable. */
    public List<Setting> all() {
        return all;
    }

    /** Returns the secrets that came from files of their own. Unmodifiable. */
    public List<FileSecret> files() {
        return files;
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
