package io.tollgate.spring.boot;

import io.tollgate.api.http.HttpRequestHead;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;

/** Finds the pattern of the handler that a request will reach, before Spring does. Paths without variables cost one lookup. */
final class HandlerTemplates {
    private final Map<String, List<Mapping>> literal = new HashMap<>();
    private final List<Mapping> patterns = new ArrayList<>();

    HandlerTemplates(List<Mapping> mappings) {
        for (Mapping mapping : mappings) {
            if (mapping.pattern.hasPatternSyntax()) {
                patterns.add(mapping);
            } else {
                literal.computeIfAbsent(mapping.pattern.getPatternString(), path -> new ArrayList<>())
                        .add(mapping);
            }
        }
        patterns.sort(Comparator.comparing(Mapping::pattern)); // the most specific first
    }

    /**
     * The requests of a handler.
     *
     * @param methods empty for every method
     */
    record Mapping(Set<String> methods, PathPattern pattern, Optional<String> template) {
        Mapping(Set<String> methods, PathPattern pattern) {
            this(methods, pattern, Optional.of(pattern.getPatternString()));
        }

        private boolean accepts(String method) {
            return methods.isEmpty() || methods.contains(method) || (method.equals("HEAD") && methods.contains("GET"));
        }
    }

    /** Returns the pattern; of a path with another method only, that of the path; empty if no handler matches. */
    Optional<String> of(HttpRequestHead head, PathContainer path) {
        Mapping match = best(head.method(), literal.getOrDefault(path.value(), List.of()), null);
        if (match == null || !match.accepts(head.method())) {
            match = best(head.method(), matching(path), match);
        }
        return match == null ? Optional.empty() : match.template;
    }

    private List<Mapping> matching(PathContainer path) {
        List<Mapping> matching = new ArrayList<>(1);
        for (Mapping mapping : patterns) {
            if (mapping.pattern.matches(path)) {
                matching.add(mapping);
            }
        }
        return matching;
    }

    private static @Nullable Mapping best(String method, List<Mapping> inOrder, @Nullable Mapping otherwise) {
        for (Mapping mapping : inOrder) {
            if (mapping.accepts(method)) {
                return mapping;
            }
        }
        return otherwise != null || inOrder.isEmpty() ? otherwise : inOrder.get(0);
    }
}
