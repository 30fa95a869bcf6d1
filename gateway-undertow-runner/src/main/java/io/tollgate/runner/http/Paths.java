package io.tollgate.runner.http;

/** Makes paths comparable. */
final class Paths {
    private Paths() {}

    /**
     * The path with every escape undone that escapes a character which needs none (RFC 3986, section 6.2.2.2): such paths
     * are the same. All other escapes stay, so that an encoded slash never becomes a separator.
     */
    static String normalize(String path) {
        int percent = path.indexOf('%');
        if (percent < 0) {
            return path;
        }
        StringBuilder normal = new StringBuilder(path.length()).append(path, 0, percent);
        for (int i = percent; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%' && i + 2 < path.length()) {
                int high = Character.digit(path.charAt(i + 1), 16);
                int low = Character.digit(path.charAt(i + 2), 16);
                char escaped = (char) ((high << 4) | low);
                if (high >= 0 && low >= 0 && isUnreserved(escaped)) {
                    normal.append(escaped);
                    i += 2;
                    continue;
                }
            }
            normal.append(c);
        }
        return normal.toString();
    }

    /** RFC 3986, section 2.3. */
    static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }
}
