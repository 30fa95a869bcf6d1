package io.tollgate.api.http;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The template of a path, whose parameters are whole segments in braces: {@code /tickets/{event_id}/purchase}. A server that
 * has no router of its own finds the route of a request with it:
 *
 * <pre>{@code
 * PathTemplate template = PathTemplate.of("/tickets/{event_id}/purchase");
 * List<String> parameters = template.match(PathTemplate.normalize(head.path()));
 * if (parameters != null) {
 *     buy(PathTemplate.decode(parameters.get(0)));
 * }
 * }</pre>
 *
 * <p>Immutable.
 */
public final class PathTemplate {
    private static final Pattern PARAMETER = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}");
    private static final Pattern TEMPLATE =
            Pattern.compile("/|(/([A-Za-z0-9._~!$&'()*+,;=:@%-]+|" + PARAMETER.pattern() + "))+/?");

    private final String text;
    private final List<String> names;
    /** The texts before, between and after the parameters. */
    private final String[] literals;

    private PathTemplate(String text, List<String> names, String[] literals) {
        this.text = text;
        this.names = names;
        this.literals = literals;
    }

    /**
     * Parses a template.
     *
     * @throws IllegalArgumentException if it is none, or names a parameter twice
     */
    public static PathTemplate of(String text) {
        if (!TEMPLATE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "template: " + text + " (expected: a path such as /tickets/{id}, each parameter a whole segment)");
        }
        List<String> names = new ArrayList<>();
        List<String> literals = new ArrayList<>();
        Matcher parameter = PARAMETER.matcher(text);
        int from = 0;
        while (parameter.find()) {
            if (names.contains(parameter.group(1))) {
                throw new IllegalArgumentException(
                        "template: " + text + ": two parameters " + parameter.group(1) + " (expected: one)");
            }
            names.add(parameter.group(1));
            literals.add(text.substring(from, parameter.start()));
            from = parameter.end();
        }
        literals.add(text.substring(from));
        return new PathTemplate(text, List.copyOf(names), literals.toArray(String[]::new));
    }

    /** Returns the values of the parameters in {@code path}, still percent-encoded, in order; null for another path. */
    public @Nullable List<String> match(String path) {
        if (names.isEmpty()) {
            return text.equals(path) ? List.of() : null;
        }
        if (!path.startsWith(literals[0])) {
            return null;
        }
        int at = literals[0].length();
        String first = "";
        List<String> values = null;
        for (int i = 1; i < literals.length; i++) {
            int slash = path.indexOf('/', at);
            int end = slash < 0 ? path.length() : slash;
            String value = path.substring(at, end);
            if (i == 1) {
                first = value;
            } else {
                values = values == null ? new ArrayList<>(List.of(first)) : values;
                values.add(value);
            }
            if (!path.startsWith(literals[i], end)) {
                return null;
            }
            at = end + literals[i].length();
        }
        if (at != path.length()) {
            return null;
        }
        return values == null ? List.of(first) : values;
    }

    /** Returns the index of a parameter in the result of {@link #match}, or -1. */
    public int indexOf(String name) {
        return names.indexOf(name);
    }

    /** Returns {@code text}, with each parameter of this template in it replaced by its value. */
    public String fill(String text, List<String> values) {
        // In one pass: a value is of the client, and may look like another parameter.
        return PARAMETER.matcher(text).replaceAll(parameter -> {
            int i = indexOf(parameter.group(1));
            return Matcher.quoteReplacement(i < 0 ? parameter.group() : values.get(i));
        });
    }

    /**
     * Returns {@code path} with every escape undone that escapes a character which needs none (RFC 3986, section 6.2.2.2): such
     * paths are the same. All other escapes stay, so that an encoded slash never becomes a separator; and so do
     * those that, undone, would complete a malformed escape before them ({@code %%341}).
     */
    public static String normalize(String path) {
        int percent = path.indexOf('%');
        if (percent < 0) {
            return path;
        }
        StringBuilder normal = new StringBuilder(path.length()).append(path, 0, percent);
        int malformed = -3; // the latest percent sign that begins no escape
        for (int i = percent; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%') {
                int high = i + 2 < path.length() ? hexDigit(path.charAt(i + 1)) : -1;
                int low = high < 0 ? -1 : hexDigit(path.charAt(i + 2));
                if (low < 0) {
                    malformed = normal.length();
                } else {
                    char escaped = (char) ((high << 4) | low);
                    boolean completes = normal.length() - malformed <= 2 && HexFormat.isHexDigit(escaped);
                    if (isUnreserved(escaped) && !completes) {
                        normal.append(escaped);
                    } else {
                        normal.append(path, i, i + 3);
                    }
                    i += 2;
                    continue;
                }
            }
            normal.append(c);
        }
        return normal.toString();
    }

    /**
     * Returns whether every server splits {@code path} into the same segments. An integration must reject any other path with
     * {@code INVALID_REQUEST}, unless it finds rules by the path that its server itself maps by: else a request for {@code
     * /admin;x}, {@code //admin}, {@code /x/../admin}, {@code /%61dmin} or {@code /x%2f..%2fadmin} gets the rules of one route
     * and the handler of another.
     *
     * @param path without the query, as the client sent it; one trailing slash is permitted
     */
    public static boolean isCanonical(String path) {
        if (!path.startsWith("/")) {
            return false;
        }
        boolean escaped = false;
        int segment = 1;
        for (int i = 1; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '/') {
                if (i == segment || isDots(path, segment, i)) {
                    return false;
                }
                segment = i + 1;
            } else if (c == '%') {
                if (!isNeededEscape(path, i)) {
                    return false;
                }
                escaped = true;
                i += 2;
            } else if (c <= ' ' || c > '~' || c == ';' || c == '\\' || c == '?' || c == '#') {
                return false;
            }
        }
        return !isDots(path, segment, path.length()) && (!escaped || isUtf8(path));
    }

    private static boolean isDots(String path, int from, int to) {
        int length = to - from;
        return (length == 1 || length == 2) && path.charAt(from) == '.' && path.charAt(to - 1) == '.';
    }

    /** Returns whether the escape at {@code percent} is of a character that can stand in a segment, and only escaped. */
    private static boolean isNeededEscape(String path, int percent) {
        int high = percent + 2 < path.length() ? hexDigit(path.charAt(percent + 1)) : -1;
        int low = high < 0 ? -1 : hexDigit(path.charAt(percent + 2));
        char c = (char) ((high << 4) | low);
        return low >= 0 && c >= ' ' && c != 0x7f && c != '/' && c != '\\' && c != ';' && !isUnreserved(c);
    }

    private static boolean isUtf8(String path) {
        try {
            decode(path);
            return true;
        } catch (GatewayException e) {
            return false;
        }
    }

    /**
     * Returns the value of a parameter percent-decoded.
     *
     * @throws GatewayException of {@code INVALID_REQUEST} if it is not percent-encoded UTF-8
     */
    public static String decode(String segment) {
        if (isPlain(segment)) {
            return segment;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c > 0x7f) {
                // A byte of it could be any character, such as the slash in U+012F.
                throw undecodable();
            }
            if (c != '%') {
                bytes.write(c);
                continue;
            }
            int high = i + 2 < segment.length() ? hexDigit(segment.charAt(i + 1)) : -1;
            int low = high < 0 ? -1 : hexDigit(segment.charAt(i + 2));
            if (low < 0) {
                throw undecodable();
            }
            bytes.write((high << 4) | low);
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw undecodable();
        }
    }

    private static GatewayException undecodable() {
        return GatewayException.of(CommonError.INVALID_REQUEST, "A segment of the path is not percent-encoded UTF-8.");
    }

    /** Returns whether there is nothing to decode, as in nearly every path; a stream of characters would cost more. */
    private static boolean isPlain(String segment) {
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c == '%' || c > 0x7f) {
                return false;
            }
        }
        return true;
    }

    /** Returns the value of a digit of ASCII, of which alone escapes are made; -1 for any other character. */
    private static int hexDigit(char c) {
        return HexFormat.isHexDigit(c) ? HexFormat.fromHexDigit(c) : -1;
    }

    /** RFC 3986, section 2.3. */
    private static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }

    /** The template. */
    @Override
    public String toString() {
        return text;
    }
}
