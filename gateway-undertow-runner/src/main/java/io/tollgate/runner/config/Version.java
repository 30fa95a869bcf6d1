package io.tollgate.runner.config;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which release this is, as the build wrote it down. */
public final class Version {
    private static final Properties BUILD = read();

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

    private static Properties read() {
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            properties.load(requireNonNull(in, "version.properties"));
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
