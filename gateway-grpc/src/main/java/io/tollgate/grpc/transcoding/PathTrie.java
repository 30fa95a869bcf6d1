package io.tollgate.grpc.transcoding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Templates by their segments. Not changed after it is built.
 *
 * <p>A search goes down along the segments of the path, and back where it leads nowhere. A template has at most one {@code **}, so
 * that the segments behind it are counted from the end of the path: each node is visited for one segment only, and no search
 * visits a node twice. It is bounded by the number of templates that begin as the path does, and is never exponential in the
 * length of the path.
 */
final class PathTrie<T> {
    private final Map<String, PathTrie<T>> literals = new HashMap<>(4);
    private @Nullable PathTrie<T> one;
    /** The continuations behind {@code **}, by their number of segments, the longest first. */
    private final List<Tail<T>> tails = new ArrayList<>(0);

    private @Nullable T value;

    private record Tail<T>(int length, PathTrie<T> root) {}

    /** Adds a template. The first of each shape counts. */
    void add(HttpTemplate template, T added) {
        List<String> segments = template.segments();
        PathTrie<T> node = this;
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            node = segment.equals(HttpTemplate.MANY) ? node.tail(segments.size() - i - 1) : node.child(segment);
        }
        if (node.value == null) {
            node.value = added;
        }
    }

    private PathTrie<T> child(String segment) {
        if (!segment.equals(HttpTemplate.ONE)) {
            return literals.computeIfAbsent(segment, name -> new PathTrie<>());
        }
        PathTrie<T> child = one;
        if (child == null) {
            child = new PathTrie<>();
            one = child;
        }
        return child;
    }

    private PathTrie<T> tail(int length) {
        for (Tail<T> tail : tails) {
            if (tail.length == length) {
                return tail.root;
            }
        }
        Tail<T> tail = new Tail<>(length, new PathTrie<>());
        tails.add(tail);
        tails.sort(Comparator.comparingInt((Tail<T> each) -> each.length).reversed());
        return tail.root;
    }

    /** Returns the value of the template that matches best; null if none matches. */
    @Nullable
    T find(PathSegments path) {
        return find(path, 0);
    }

    private @Nullable T find(PathSegments path, int at) {
        int left = path.count() - at;
        if (left == 0 && value != null) {
            return value;
        }
        if (left > 0) {
            PathTrie<T> next = literals.isEmpty() ? null : literals.get(path.get(at));
            T found = next == null ? null : next.find(path, at + 1);
            if (found == null && one != null) {
                found = one.find(path, at + 1);
            }
            if (found != null) {
                return found;
            }
        }
        for (int i = 0; i < tails.size(); i++) {
            Tail<T> tail = tails.get(i);
            T found = tail.length <= left ? tail.root.find(path, path.count() - tail.length) : null;
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
