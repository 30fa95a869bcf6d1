package io.tollgate.operations;

/** The place of an endpoint in the paths of a server: a prefix such as {@code /ops}, or the empty one. */
record Mount(String prefix) {
    /** A path that no request has. */
    private static final String ELSEWHERE = "?";

    Mount {
        boolean sound = prefix.isEmpty() || (prefix.startsWith("/") && !prefix.endsWith("/"));
        if (!sound || prefix.indexOf('?') >= 0 || prefix.indexOf('#') >= 0) {
            throw new IllegalArgumentException(
                    "prefix: " + prefix + " (expected: a path such as /ops, without a slash at its end)");
        }
    }

    /** Returns the part of a path below the prefix; empty if the path is the prefix itself. */
    String below(String path) {
        boolean inside =
                path.startsWith(prefix) && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
        return inside ? path.substring(prefix.length()) : ELSEWHERE;
    }
}
