package io.tollgate.operations;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;

/** Reads files of the jar. A missing one is a fault of the build: {@link UncheckedIOException}. */
final class JarFiles {
    private JarFiles() {}

    /** Returns the content of a file, whose name is relative to this package. */
    static byte[] read(String name) {
        try (InputStream in = open(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the version of the Swagger UI that the build put into the jar. */
    static String swaggerUiVersion() {
        Properties versions = new Properties();
        try (InputStream in = open("webjars.properties")) {
            versions.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Objects.requireNonNull(versions.getProperty("swagger-ui"), "swagger-ui");
    }

    private static InputStream open(String name) throws IOException {
        InputStream in = JarFiles.class.getResourceAsStream(name);
        if (in == null) {
            throw new FileNotFoundException(name + " is not in the jar");
        }
        return in;
    }
}
