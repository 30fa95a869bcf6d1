package io.tollgate.examples.benchmarks.command;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The options of the command line, each a name and a value: {@code --seconds 5}. */
public final class Options {
    private final Map<String, String> values;

    private Options(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads them.
     *
     * @param names the options that there are
     * @throws IllegalArgumentException naming the first that is wrong
     */
    public static Options parse(List<String> args, Set<String> names) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < args.size(); i += 2) {
            String name = args.get(i).startsWith("--") ? args.get(i).substring(2) : "";
            if (!names.contains(name)) {
                throw new IllegalArgumentException("option: " + args.get(i) + " (expected: one of --"
                        + String.join(", --", new TreeSet<>(names)) + ")");
            }
            if (i + 1 == args.size()) {
                throw new IllegalArgumentException(args.get(i) + ": no value");
            }
            values.put(name, args.get(i + 1));
        }
        return new Options(values);
    }

    /** Returns a value; empty if it is unset. */
    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** Returns a path that must be set. */
    public Path path(String name) {
        return text(name)
                .map(Path::of)
                .map(Path::toAbsolutePath)
                .orElseThrow(() -> new IllegalArgumentException("--" + name + ": missing"));
    }

    /** Returns a positive number. */
    public int number(String name, int otherwise) {
        String value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        int number = value.matches("[0-9]{1,6}") ? Integer.parseInt(value) : 0;
        if (number < 1) {
            throw new IllegalArgumentException("--" + name + ": " + value + " (expected: 1 or more)");
        }
        return number;
    }
}
