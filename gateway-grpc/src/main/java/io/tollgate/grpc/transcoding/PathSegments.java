package io.tollgate.grpc.transcoding;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The segments of a path, as they are in it: nothing is decoded. */
final class PathSegments {
    private final String path;
    /** The index of the first character of each segment. */
    private final int[] starts;

    private final int count;
    private final int end;

    private PathSegments(String path, int[] starts, int count, int end) {
        this.path = path;
        this.starts = starts;
        this.count = count;
        this.end = end;
    }

    /** Returns the segments; null if one is empty, which no template matches. The path {@code /} has none. */
    static @Nullable PathSegments of(String path) {
        int length = path.length();
        if (length == 0 || path.charAt(0) != '/') {
            return null;
        }
        int[] starts = new int[8];
        int count = 0;
        for (int start = 1; start < length; ) {
            int slash = path.indexOf('/', start);
            if (slash == start || slash == length - 1) {
                return null;
            }
            if (count == starts.length) {
                starts = Arrays.copyOf(starts, count * 2);
            }
            starts[count++] = start;
            start = slash < 0 ? length : slash + 1;
        }
        return new PathSegments(path, starts, count, length);
    }

    int count() {
        return count;
    }

    String get(int index) {
        return path.substring(starts[index], end(index));
    }

    /** Returns the segments from {@code from} to before {@code to}, with the slashes between them. */
    String join(int from, int to) {
        return from >= to ? "" : path.substring(starts[from], end(to - 1));
    }

    private int end(int index) {
        return index + 1 < count ? starts[index + 1] - 1 : end;
    }

    /** Returns the text after the last colon of the last segment, if there is text before it; else null. */
    @Nullable
    String verb() {
        int colon = colon();
        return colon < 0 ? null : path.substring(colon + 1, end);
    }

    PathSegments withoutVerb() {
        return new PathSegments(path, starts, count, colon());
    }

    private int colon() {
        if (count == 0) {
            return -1;
        }
        int colon = path.lastIndexOf(':', end - 1);
        return colon > starts[count - 1] ? colon : -1;
    }

    /** Returns whether all escapes of the path are well-formed, and of UTF-8. */
    boolean isDecodable() {
        return Percent.segment(path) != null;
    }
}
