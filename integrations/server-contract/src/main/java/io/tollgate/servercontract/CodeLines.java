package io.tollgate.servercontract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Counts the lines of a Java file that someone has to understand. */
public final class CodeLines {
    private static final Pattern NONE = Pattern.compile("\\s*(//.*|/\\*.*|\\*.*|@.*|import .*|package .*|[{}();]*)");

    private CodeLines() {}

    /** Returns the number of lines other than blank ones, comments, annotations, imports, and those that only close a block. */
    public static long of(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> !NONE.matcher(line).matches()).count();
        }
    }
}
