package io.tollgate.examples.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Screenshots: into {@code target/images}, or, where {@code -Dtollgate.docs.write=true}, into {@code docs/images}. */
final class Pictures {
    private static final Path FOLDER =
            Boolean.getBoolean("tollgate.docs.write") ? Path.of("../../docs/images") : Path.of("target/images");

    private Pictures() {}

    /** Keeps a picture as {@code name.png}. */
    static void keep(String name, byte[] png) {
        try {
            Files.write(Files.createDirectories(FOLDER).resolve(name + ".png"), png);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
