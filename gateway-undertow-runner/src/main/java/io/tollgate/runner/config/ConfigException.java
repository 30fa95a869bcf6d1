package io.tollgate.runner.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that the gateway does not run with, with everything that is wrong with it. */
public final class ConfigException extends RuntimeException {
    private final transient List<ConfigProblem> problems;

    ConfigException(List<ConfigProblem> problems) {
        super(describe(problems));
        this.problems = List.copyOf(problems);
    }

    /** All of them, at least one. */
    public List<ConfigProblem> problems() {
        return problems;
    }

    private static String describe(List<ConfigProblem> problems) {
        String count = problems.size() == 1 ? "a problem" : problems.size() + " problems";
        return problems.stream()
                .map(ConfigProblem::toString)
                .collect(Collectors.joining("\n  ", "the configuration has " + count + ":\n  ", ""));
    }
}
