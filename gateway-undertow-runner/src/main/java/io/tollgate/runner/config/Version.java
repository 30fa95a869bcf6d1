package io.tollgate.runner.config;

import static java.util.Objects.requireNonNull;

import io.tollgate.runner.jar.JarFiles;
import java.util.Properties;

/** Which release this is, as the build wrote it down. */
public final class Version {
    private static final Properties BUILD = JarFiles.properties(Version.class, "version.properties");

    private Version() {}

    /** For example {@code 1.2.0}. */
    public static String current() {
        return get("version");
    }

    /** The commit it was built from, shortened; {@code unknown} where the build saw no repository. */
    public static String commit() {
        return get("commit");
    }

    private static String get(String name) {
        return requireNonNull(BUILD.getProperty(name), name);
    }
}
