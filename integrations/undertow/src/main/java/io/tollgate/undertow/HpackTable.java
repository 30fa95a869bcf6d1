package io.tollgate.undertow;

import java.util.HashMap;
import java.util.Map;

/** The static table of HPACK (RFC 7541, appendix A). */
final class HpackTable {
    private static final String[] ENTRIES = {
        ":authority", "",
        ":method", "GET",
        ":method", "POST",
        ":path", "/",
        ":path", "/index.html",
        ":scheme", "http",
        ":scheme", "https",
        ":status", "200",
        ":status", "204",
        ":status", "206",
        ":status", "304",
        ":status", "400",
        ":status", "404",
        ":status", "500",
        "accept-charset", "",
        "accept-encoding", "gzip, deflate",
        "accept-language", "",
        "accept-ranges", "",
        "accept", "",
        "access-control-allow-origin", "",
        "age", "",
        "allow", "",
        "authorization", "",
        "cache-control", "",
        "content-disposition", "",
        "content-encoding", "",
        "content-language", "",
        "content-length", "",
        "content-location", "",
        "content-range", "",
        "content-type", "",
        "cookie", "",
        "date", "",
        "etag", "",
        "expect", "",
        "expires", "",
        "from", "",
        "host", "",
        "if-match", "",
        "if-modified-since", "",
        "if-none-match", "",
        "if-range", "",
        "if-unmodified-since", "",
        "last-modified", "",
        "link", "",
        "location", "",
        "max-forwards", "",
        "proxy-authenticate", "",
        "proxy-authorization", "",
        "range", "",
        "referer", "",
        "refresh", "",
        "retry-after", "",
        "server", "",
        "set-cookie", "",
        "strict-transport-security", "",
        "transfer-encoding", "",
        "user-agent", "",
        "vary", "",
        "via", "",
        "www-authenticate", ""
    };

    /** The number of entries. */
    static final int SIZE = ENTRIES.length / 2;

    private static final Map<String, Integer> INDEX = index();

    private HpackTable() {}

    private static Map<String, Integer> index() {
        Map<String, Integer> index = new HashMap<>();
        for (int i = 1; i <= SIZE; i++) {
            index.putIfAbsent(name(i), i);
        }
        return index;
    }

    /** Returns the name of the entry at an index, 1 to {@link #SIZE}. */
    static String name(int index) {
        return ENTRIES[2 * index - 2];
    }

    /** Returns the value of the entry at an index, 1 to {@link #SIZE}. */
    static String value(int index) {
        return ENTRIES[2 * index - 1];
    }

    /** Returns the first index of a lower-case name, or 0. */
    static int indexOf(String name) {
        return INDEX.getOrDefault(name, 0);
    }
}
