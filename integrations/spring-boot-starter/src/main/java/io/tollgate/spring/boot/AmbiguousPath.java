package io.tollgate.spring.boot;

import java.util.Locale;

/**
 * Recognizes paths that a handler, such as that of static files, may take for another path than Spring's patterns do: with empty
 * segments, dots for segments, backslashes or parameters, or with any of these or a slash encoded.
 */
final class AmbiguousPath {
    private AmbiguousPath() {}

    static boolean is(String path) {
        return path.indexOf(';') >= 0
                || path.indexOf('\\') >= 0
                || path.contains("//")
                || hasDotSegment(path)
                || (path.indexOf('%') >= 0 && hasHiddenCharacter(path.toLowerCase(Locale.ROOT)));
    }

    private static boolean hasHiddenCharacter(String path) {
        return path.contains("%2f")
                || path.contains("%5c")
                || path.contains("%3b")
                || path.contains("%25")
                || path.contains("%00")
                || hasDotSegment(path.replace("%2e", "."));
    }

    private static boolean hasDotSegment(String path) {
        return path.contains("/./") || path.contains("/../") || path.endsWith("/.") || path.endsWith("/..");
    }
}
