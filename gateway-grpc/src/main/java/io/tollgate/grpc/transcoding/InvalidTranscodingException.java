package io.tollgate.grpc.transcoding;

import java.util.List;
import java.util.stream.Collectors;

/** Thrown if descriptors cannot be served as they are configured, with every problem that was found. */
public final class InvalidTranscodingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<TranscodingProblem> problems;

    InvalidTranscodingException(List<TranscodingProblem> problems) {
        super(problems.stream().map(TranscodingProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    InvalidTranscodingException(TranscodingProblem problem, Throwable cause) {
        super(problem.toString(), cause);
        this.problems = List.of(problem);
    }

    /** Returns the problems, at least one; empty only after serialization. Unmodifiable. */
    public List<TranscodingProblem> problems() {
        return problems == null ? List.of() : problems;
    }
}
