package io.tollgate.grpc.transcoding;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a request by its method and path. Immutable and thread-safe.
 *
 * <p>The rules: a literal wins over {@code *}, which wins over {@code **}, from the left; a path that ends exactly wins over an
 * empty {@code **}; a template with the verb of the path wins over all without one; and each HTTP method is searched by itself.
 *
 * @param <T> a route
 */
final class PathMatcher<T> {
    /** The method of a route for every method that no other route of the same shape has. */
    static final String ANY = "*";

    private final Map<String, Templates<T>> byMethod;
    private final Templates<T> otherwise;

    private PathMatcher(Map<String, Templates<T>> byMethod, Templates<T> otherwise) {
        this.byMethod = byMethod;
        this.otherwise = otherwise;
    }

    static <T> Builder<T> builder() {
        return new Builder<>();
    }

    /**
     * A route that was found.
     *
     * @param path the path without the verb of the template
     */
    record Match<T>(T route, HttpTemplate template, PathSegments path) {
        /** Returns the segments that a variable captures, as they are in the path. */
        String capture(HttpTemplate.Variable variable) {
            // Behind ** the segments are counted from the end.
            int many = template.many();
            int shift = path.count() - template.segments().size();
            int from = many >= 0 && variable.from() > many ? variable.from() + shift : variable.from();
            int to = many >= 0 && variable.to() > many ? variable.to() + shift : variable.to();
            return path.join(from, to);
        }
    }

    /** Returns the route; null if there is none for this method and path. */
    @Nullable
    Match<T> match(String method, String path) {
        PathSegments segments = PathSegments.of(path);
        return segments == null
                ? null
                : byMethod.getOrDefault(method, otherwise).match(segments);
    }

    /** Returns the methods for which the path has a route, in alphabetical order, {@code HEAD} beside {@code GET}. */
    List<String> methods(String path) {
        PathSegments segments = PathSegments.of(path);
        if (segments == null) {
            return List.of();
        }
        Set<String> methods = new TreeSet<>();
        byMethod.forEach((method, templates) -> {
            if (templates.match(segments) != null) {
                methods.add(method);
            }
        });
        return List.copyOf(methods);
    }

    private record Entry<T>(HttpTemplate template, T route) {}

    /** The templates of one method: those without a verb, and those of each verb. */
    private record Templates<T>(PathTrie<Entry<T>> plain, Map<String, PathTrie<Entry<T>>> verbs) {
        static <T> Templates<T> of(Iterable<Entry<T>> entries) {
            Templates<T> templates = new Templates<>(new PathTrie<>(), new HashMap<>());
            for (Entry<T> entry : entries) {
                String verb = entry.template().verb();
                PathTrie<Entry<T>> trie = verb.isEmpty()
                        ? templates.plain
                        : templates.verbs.computeIfAbsent(verb, name -> new PathTrie<>());
                trie.add(entry.template(), entry);
            }
            return templates;
        }

        @Nullable
        Match<T> match(PathSegments path) {
            if (!verbs.isEmpty()) {
                String verb = path.verb();
                PathTrie<Entry<T>> trie = verb == null ? null : verbs.get(verb);
                if (trie != null) {
                    PathSegments rest = path.withoutVerb();
                    Entry<T> found = trie.find(rest);
                    if (found != null) {
                        return new Match<>(found.route, found.template, rest);
                    }
                }
            }
            Entry<T> found = plain.find(path);
            return found == null ? null : new Match<>(found.route, found.template, path);
        }
    }

    /** Collects routes. Not thread-safe. */
    static final class Builder<T> {
        private final Map<String, Map<String, Entry<T>>> byMethod = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Adds a route.
         *
         * @return the route that has this method and shape already, in whose place nothing is added; else null
         */
        @Nullable
        T add(String method, HttpTemplate template, T route) {
            Entry<T> before = byMethod.computeIfAbsent(method, name -> new LinkedHashMap<>())
                    .putIfAbsent(template.shape(), new Entry<>(template, route));
            return before == null ? null : before.route;
        }

        PathMatcher<T> build() {
            List<Entry<T>> any = entries(ANY);
            Map<String, Templates<T>> built = new HashMap<>();
            for (String method : byMethod.keySet()) {
                if (!method.equals(ANY) && !method.equals("HEAD")) {
                    built.put(method, templates(entries(method), any));
                }
            }
            if (byMethod.containsKey("HEAD")) {
                built.put("HEAD", templates(entries("HEAD"), entries("GET"), any));
            } else if (built.containsKey("GET")) {
                built.put("HEAD", built.get("GET"));
            }
            return new PathMatcher<>(Map.copyOf(built), templates(any));
        }

        /** Returns the templates of several lists; of those with the same shape, the first counts. */
        @SafeVarargs
        private static <T> Templates<T> templates(List<Entry<T>>... lists) {
            List<Entry<T>> all = new ArrayList<>();
            for (List<Entry<T>> list : lists) {
                all.addAll(list);
            }
            return Templates.of(all);
        }

        private List<Entry<T>> entries(String method) {
            Map<String, Entry<T>> entries = byMethod.get(method);
            return entries == null ? List.of() : List.copyOf(entries.values());
        }
    }
}
