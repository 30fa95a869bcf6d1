package io.tollgate.ratelimit.config;

import java.util.List;
import java.util.stream.Collectors;

/** Reports all mistakes in a configuration of policies. */
public final class InvalidPoliciesException extends IllegalArgumentException {
    private final PolicyProblem[] problems;

    InvalidPoliciesException(List<PolicyProblem> problems) {
        super(problems.stream()
                .map(PolicyProblem::toString)
                .collect(Collectors.joining(
                        "\n  ",
                        "the rate limit policies have "
                                + (problems.size() == 1 ? "a problem" : problems.size() + " problems") + ":\n  ",
                        "")));
        this.problems = problems.toArray(PolicyProblem[]::new);
    }

    /** Returns the problems, at least one. Unmodifiable. */
    public List<PolicyProblem> problems() {
        return List.of(problems);
    }
}
