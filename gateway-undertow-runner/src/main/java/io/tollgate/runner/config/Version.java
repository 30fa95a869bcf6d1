package io.tollgate.runner.config;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The release of the gateway, as the build recorded it. */
public final class Version {
    private static final Properties BUILD = read("version.properties");

    private Version() {}

    /** Returns the version, such as {@code 1.2.0}. */
    public static String current() {
        return get("version");
    }

    /** Returns the commit that it was built from, shortened; {@code unknown} if the build saw no repository. */
    public static String commit() {
        return get("commit");
    }

    private static Properties read(String name) {
        Properties properties = new Properties();
        try (InputStream in = requireNonNull(Version.class.getResourceAsStream(name), name)) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }

    private static String get(String name) {
        return requireNonNull(BUILD.getProperty(name), name);
    }
}
