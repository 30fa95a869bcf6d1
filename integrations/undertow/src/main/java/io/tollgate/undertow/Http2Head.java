package io.tollgate.undertow;

import io.undertow.util.ParserUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request in HTTP/2. Checks each field as it arrives (RFC 9113, section 8), and keeps no more than the limits
 * allow: what comes after the first fault is dropped.
 */
final class Http2Head implements HpackDecoder.Fields {
    /** The cost of a field beside its bytes, as SETTINGS_MAX_HEADER_LIST_SIZE counts it (section 6.5.2). */
    private static final int COST_OF_FIELD = 32;

    /** The heap of a field beside its bytes, and of a head. */
    private static final int HEAP_OF_FIELD = 96;

    private static final int FEW = 32;
    private static final int MAX_LENGTH_DIGITS = 18;
    private static final String TOO_LARGE = "The head of the request is too large.";

    private final ServerSettings.Heads limits;

    /** Names and values, in turn. */
    private final List<String> fields = new ArrayList<>(FEW);

    private @Nullable String method;
    private @Nullable String scheme;
    private @Nullable String authority;
    private @Nullable String target;
    private @Nullable String host;
    private @Nullable StringBuilder cookies;
    private @Nullable String fault;
    private boolean regular;
    private int size;
    private long length = -1;

    Http2Head(ServerSettings.Heads limits) {
        this.limits = limits;
    }

    /** Returns the head of a request that was read in HTTP/1.1, and asked for an upgrade. It has no fault and no body. */
    static Http2Head upgraded(ServerSettings.Heads limits, String method, String target) {
        Http2Head head = new Http2Head(limits);
        head.method = method;
        head.target = target;
        head.regular = true;
        head.size = target.length();
        return head;
    }

    @Override
    public void field(String name, String value) {
        size += COST_OF_FIELD + name.length() + value.length();
        if (fault != null) {
            return;
        }
        if (size > limits.maxSize() || fields.size() >= 2 * limits.maxHeaders()) {
            fault = TOO_LARGE;
        } else if (!isValue(value)) {
            fault = "A header has a value that is not valid.";
        } else if (name.startsWith(":")) {
            pseudo(name, value);
        } else {
            regular = true;
            regular(name, value);
        }
    }

    private void pseudo(String name, String value) {
        String before;
        switch (name) {
            case ":method" -> {
                before = method;
                method = value;
            }
            case ":scheme" -> {
                before = scheme;
                scheme = value;
            }
            case ":authority" -> {
                before = authority;
                authority = value;
            }
            case ":path" -> {
                before = target;
                target = value;
            }
            default -> {
                fault = "The request has a pseudo-header that is none of HTTP/2.";
                return;
            }
        }
        if (before != null) {
            fault = "The request has a pseudo-header twice.";
        } else if (regular) {
            fault = "The request has a pseudo-header behind other headers.";
        }
    }

    private void regular(String name, String value) {
        if (!isName(name)) {
            fault = "The request has a header whose name is not valid.";
            return;
        }
        switch (name) {
            case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade" -> {
                fault = "The request has a header that only HTTP/1.1 knows.";
                return;
            }
            case "te" -> {
                if (!value.equals("trailers")) {
                    fault = "The header te must be trailers.";
                    return;
                }
            }
            case "cookie" -> { // May come in pieces (section 8.2.3).
                cookies = cookies == null
                        ? new StringBuilder(value)
                        : cookies.append("; ").append(value);
                return;
            }
            case "content-length" -> {
                if (!isLength(value) || length >= 0) {
                    fault = "The Content-Length is not a length.";
                    return;
                }
                length = Long.parseLong(value);
            }
            case "host" -> {
                if (host != null) {
                    fault = "The request has more than one Host.";
                }
                host = value;
                return;
            }
            default -> {}
        }
        add(name, value);
    }

    /** Adds a header that was read, and checked, in HTTP/1.1. */
    void addUpgraded(String name, String value) {
        size += COST_OF_FIELD + name.length() + value.length();
        add(name, value);
    }

    private void add(String name, String value) {
        fields.add(name);
        fields.add(value);
    }

    /** Completes the head, and returns its fault, for a person; null if it has none. */
    @Nullable
    String complete() {
        if (fault != null) {
            return fault;
        }
        fault = missing();
        if (fault == null) {
            if (cookies != null) {
                add("cookie", cookies.toString());
            }
            if (authority != null) {
                add("host", authority);
            }
        }
        return fault;
    }

    private @Nullable String missing() {
        String path = target;
        if (method == null || !HeaderText.isToken(method)) {
            return "The request has no valid :method.";
        }
        if (method.equals("CONNECT")) {
            return "The method CONNECT is not supported.";
        }
        if (scheme == null || !(scheme.equals("https") || scheme.equals("http"))) {
            return "The request has no :scheme that is http or https.";
        }
        if (path == null || !isTarget(path) || !(path.startsWith("/") || isAsterisk(path))) {
            return "The request has no valid :path.";
        }
        if (parameters(path) > limits.maxParameters()) {
            return "The request has too many parameters.";
        }
        if (authority == null) {
            authority = host;
        } else if (host != null && !host.equalsIgnoreCase(authority)) {
            return "The headers :authority and Host differ.";
        }
        return authority == null || !isAuthority(authority) ? "The request has no valid :authority." : null;
    }

    private boolean isAsterisk(String path) {
        return path.equals("*") && "OPTIONS".equals(method);
    }

    String method() {
        return method == null ? "" : method;
    }

    /** Returns the path, without the query. */
    String path() {
        String all = target == null ? "" : target;
        int query = all.indexOf('?');
        return query < 0 ? all : all.substring(0, query);
    }

    /** Returns the query; empty if there is none. */
    Optional<String> query() {
        int query = target == null ? -1 : target.indexOf('?');
        return query < 0 || target == null || query + 1 == target.length()
                ? Optional.empty()
                : Optional.of(target.substring(query + 1));
    }

    /** Returns the announced length of the body, or -1. */
    long contentLength() {
        return length;
    }

    /** Returns the heap that the head takes, in bytes. */
    int heap() {
        return HEAP_OF_FIELD + fields.size() / 2 * HEAP_OF_FIELD + Math.min(size, limits.maxSize());
    }

    @Nullable
    String first(String name) {
        for (int i = 0; i < fields.size(); i += 2) {
            if (fields.get(i).equalsIgnoreCase(name)) {
                return fields.get(i + 1);
            }
        }
        return null;
    }

    List<String> all(String name) {
        List<String> values = null;
        for (int i = 0; i < fields.size(); i += 2) {
            if (fields.get(i).equalsIgnoreCase(name)) {
                values = values == null ? new ArrayList<>(1) : values;
                values.add(fields.get(i + 1));
            }
        }
        return values == null ? List.of() : values;
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c > 0x7f || (c >= 'A' && c <= 'Z') || !ParserUtils.isTokenChar((byte) c)) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /** Returns whether a value is valid (RFC 9113, section 8.2.1); controls are not (RFC 9110, section 5.5). */
    private static boolean isValue(String value) {
        int length = value.length();
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                return false;
            }
        }
        return length == 0 || !(isBlank(value.charAt(0)) || isBlank(value.charAt(length - 1)));
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isTarget(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c > 0x7f || !ParserUtils.isRequestTargetChar((byte) c)) {
                return false;
            }
        }
        return true;
    }

    private static int parameters(String path) {
        int count = 0;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '&' || c == ';') {
                count++;
            }
        }
        return count;
    }

    private static boolean isLength(String value) {
        if (value.isEmpty() || value.length() > MAX_LENGTH_DIGITS) {
            return false;
        }
        return value.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Returns whether text is a host and perhaps a port (RFC 3986, section 3.2), without user information. */
    private static boolean isAuthority(String text) {
        int bracket = text.lastIndexOf(']');
        int colon = text.indexOf(':', bracket + 1);
        String name = colon < 0 ? text : text.substring(0, colon);
        if (name.isEmpty() || (colon >= 0 && !isPort(text.substring(colon + 1)))) {
            return false;
        }
        boolean literal = name.startsWith("[");
        if (literal != (bracket == name.length() - 1)) {
            return false;
        }
        String inner = literal ? name.substring(1, bracket) : name;
        for (int i = 0; i < inner.length(); i++) {
            char c = inner.charAt(i);
            if (!isAlphanumeric(c) && (literal ? ":.-_~" : "-._~!$&'()*+,;=%").indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isPort(String text) {
        return text.length() <= 5
                && !text.isEmpty()
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && Integer.parseInt(text) > 0
                && Integer.parseInt(text) <= 65_535;
    }
}
