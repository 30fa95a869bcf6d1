package io.tollgate.examples.embed;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** The texts of this repository. */
final class Sources {
    private static final Path ROOT = Path.of("..", "..");

    private Sources() {}

    /** Returns the Java of a file or of all files in a folder, given relative to the root of the repository. */
    static String of(String path) throws IOException {
        StringBuilder all = new StringBuilder();
        Files.walkFileTree(ROOT.resolve(path), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                // What is built there comes and goes while tests run.
                return folder.endsWith("target") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (file.toString().endsWith(".java")) {
                    all.append(Files.readString(file)).append('\n');
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return all.toString();
    }

    /** Returns the code that documents may quote, {@linkplain #squeezed squeezed}. */
    static String quotable() throws IOException {
        return squeezed(of("examples")
                + of("gateway-auth/src/test/java/io/tollgate/auth/Snippets.java")
                + of("integrations/spring-boot-starter/src/test/java/example"));
    }

    /** Returns code without white space, so that its line breaks and indentation do not matter. */
    static String squeezed(String code) {
        return code.replaceAll("\\s+", "");
    }

    /** Returns a file or folder, given relative to the root of the repository. */
    static Path file(String path) {
        return ROOT.resolve(path);
    }
}
