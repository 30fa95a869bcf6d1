package io.tollgate.operations;

import java.net.InetAddress;
import java.util.regex.Pattern;

/** Shortens what names a person or a machine, so that only an operator who knows it recognises it. */
final class Masked {
    private static final Pattern PARTS = Pattern.compile("(?<!\\\\)\\|");
    private static final int SHOWN = 8;
    private static final int MAX_KEY = 120;

    private Masked() {}

    /**
     * Returns a bucket key such as {@code user:u-12…} or {@code ip:203.0.…}. What names no one, such as a route, stays, and so
     * does loopback. A joint key is shortened part by part.
     */
    static String key(String key) {
        StringBuilder masked = new StringBuilder();
        for (String part : PARTS.split(key, -1)) {
            masked.append(masked.isEmpty() ? "" : "|").append(part(part));
        }
        return shortened(masked.toString(), MAX_KEY);
    }

    static String user(String id) {
        return "user:" + value(id);
    }

    static String address(InetAddress address) {
        return "ip:" + ip(address.getHostAddress());
    }

    private static String part(String part) {
        if (part.equals("global") || part.startsWith("route:")) {
            return part;
        }
        if (part.startsWith("ip:")) {
            return "ip:" + ip(part.substring(3));
        }
        int named = part.startsWith("header:") || part.startsWith("claim:") || part.startsWith("attribute:")
                ? part.indexOf(':') + 1
                : 0;
        int colon = part.indexOf(':', named);
        return colon < 0 ? value(part) : part.substring(0, colon + 1) + value(part.substring(colon + 1));
    }

    private static String ip(String ip) {
        if (ip.startsWith("127.") || ip.equals("::1") || ip.startsWith("0:0:0:0:0:0:0:")) {
            return ip;
        }
        char separator = ip.indexOf(':') >= 0 ? ':' : '.';
        int second = ip.indexOf(separator, ip.indexOf(separator) + 1);
        return (second < 0 ? "" : ip.substring(0, second + 1)) + "…";
    }

    private static String value(String value) {
        int at = value.indexOf('@');
        if (at >= 0) {
            return shortened(value.substring(0, at), Math.min(1, at)) + "@"
                    + shortened(value.substring(at + 1), Math.min(2, value.length() - at - 1));
        }
        int shown = Math.min(SHOWN, value.length() / 2);
        return value.substring(0, value.offsetByCodePoints(0, value.codePointCount(0, shown))) + "…";
    }

    private static String shortened(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "…";
    }
}
