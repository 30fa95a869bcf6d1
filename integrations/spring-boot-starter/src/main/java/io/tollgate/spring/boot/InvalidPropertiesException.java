package io.tollgate.spring.boot;

import java.util.List;
import java.util.stream.Collectors;

/** Reports all wrong properties {@code tollgate.*}. */
@SuppressWarnings("serial") // It ends the start of an application.
final class InvalidPropertiesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<PropertyProblem> problems;

    InvalidPropertiesException(List<PropertyProblem> problems) {
        super(problems.stream()
                .map(PropertyProblem::toString)
                .collect(Collectors.joining("\n  ", "wrong properties:\n  ", "")));
        this.problems = List.copyOf(problems);
    }

    /** Returns the problems, at least one. Unmodifiable. */
    List<PropertyProblem> problems() {
        return problems;
    }
}
