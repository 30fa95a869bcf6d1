package io.tollgate.config;

import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A configuration is not valid; lists everything that is wrong with it. */
public final class ConfigException extends RuntimeException {
    private static final Pattern LINE = Pattern.compile(":(\\d{1,9})$");

    private final transient List<ConfigProblem> problems;

    ConfigException(List<ConfigProblem> problems) {
        super(describe(inOrder(problems)));
        this.problems = inOrder(problems);
    }

    /** Returns all problems, at least one: of files by line, then of variables, then what is missing. */
    public List<ConfigProblem> problems() {
        return problems;
    }

    private static List<ConfigProblem> inOrder(List<ConfigProblem> problems) {
        return problems.stream()
                .sorted(Comparator.comparingInt(ConfigException::rank).thenComparingInt(ConfigException::line))
                .toList();
    }

    private static int rank(ConfigProblem problem) {
        if (problem.key().isEmpty() || line(problem) > 0) {
            return 0;
        }
        return problem.source().startsWith("variable ") ? 1 : 2;
    }

    private static int line(ConfigProblem problem) {
        Matcher line = LINE.matcher(problem.source());
        return line.find() ? Integer.parseInt(line.group(1)) : 0;
    }

    private static String describe(List<ConfigProblem> problems) {
        String count = problems.size() == 1 ? "a problem" : problems.size() + " problems";
        return problems.stream()
                .map(ConfigProblem::toString)
                .collect(Collectors.joining("\n  ", "the configuration has " + count + ":\n  ", ""));
    }
}
