package io.tollgate.config;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A configuration is not valid; lists everything that is wrong with it. */
public final class ConfigException extends RuntimeException {
    private static final Pattern LINE = Pattern.compile(":(\\d{1,9})$");

    /** A message of megabytes helps nobody, and a file full of unknown keys would make one. */
    private static final int MAX_IN_MESSAGE = 100;

    private final ConfigProblem[] problems;

    ConfigException(List<ConfigProblem> problems) {
        this(problems.stream()
                .sorted(Comparator.comparingInt(ConfigException::rank).thenComparingInt(ConfigException::line))
                .toArray(ConfigProblem[]::new));
    }

    private ConfigException(ConfigProblem[] inOrder) {
        super(describe(inOrder));
        this.problems = inOrder;
    }

    /**
     * Returns all problems, at least one: of files by line, then of variables, then what is missing. The message has the first
     * hundred.
     */
    public List<ConfigProblem> problems() {
        return List.of(problems);
    }

    private static int rank(ConfigProblem problem) {
        if (problem.source().startsWith("variable ")) {
            return 1;
        }
        return problem.key().isEmpty() || line(problem) > 0 ? 0 : 2;
    }

    private static int line(ConfigProblem problem) {
        Matcher line = LINE.matcher(problem.source());
        return line.find() ? Integer.parseInt(line.group(1)) : 0;
    }

    private static String describe(ConfigProblem[] problems) {
        String count = problems.length == 1 ? "a problem" : problems.length + " problems";
        String more = problems.length > MAX_IN_MESSAGE ? "\n  and " + (problems.length - MAX_IN_MESSAGE) + " more" : "";
        return Arrays.stream(problems)
                .limit(MAX_IN_MESSAGE)
                .map(ConfigProblem::toString)
                .collect(Collectors.joining("\n  ", "the configuration has " + count + ":\n  ", more));
    }
}
