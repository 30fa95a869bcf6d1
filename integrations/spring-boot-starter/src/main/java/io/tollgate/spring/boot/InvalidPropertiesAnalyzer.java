package io.tollgate.spring.boot;

import java.util.stream.Collectors;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Explains wrong properties, all at once. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidPropertiesAnalyzer extends AbstractFailureAnalyzer<InvalidPropertiesException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidPropertiesException cause) {
        int count = cause.problems().size();
        String description = cause.problems().stream()
                .map(problem -> "    " + problem)
                .collect(Collectors.joining(
                        "\n",
                        count == 1
                                ? "A property of Tollgate is wrong:\n\n"
                                : count + " properties of Tollgate are wrong:\n\n",
                        ""));
        return new FailureAnalysis(
                description, "Change " + (count == 1 ? "it" : "them") + " as expected, and start again.", cause);
    }
}
