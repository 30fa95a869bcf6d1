package io.tollgate.runner.jar;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Reads files of the jar. One that is missing is a fault of the build: {@link UncheckedIOException}. */
public final class JarFiles {
    private JarFiles() {}

    /** All of a file, whose name is relative to the package of {@code beside} or begins with a slash. */
    public static byte[] read(Class<?> beside, String name) {
        try (InputStream in = beside.getResourceAsStream(name)) {
            if (in == null) {
                throw new FileNotFoundException(name + " is not in the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The properties in such a file. */
    public static Properties properties(Class<?> beside, String name) {
        try {
            Properties properties = new Properties();
            properties.load(new ByteArrayInputStream(read(beside, name)));
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
