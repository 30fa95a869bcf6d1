package io.tollgate.grpc.transcoding.json;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tollgate.api.CommonError;
import io.tollgate.api.GatewayException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A body, read token by token (RFC 8259). It is strict: what is no JSON is an exception of {@code INVALID_JSON}. */
final class JsonInput {
    private static final byte[] TYPE = "@type".getBytes(US_ASCII);

    final byte[] bytes;
    final int end;

    /** The position at which reading continues. */
    int position;

    /** The string that was read last: where it is between its quotes. */
    int stringFrom;

    int stringTo;

    /** The reason why the string is no text, though it is JSON. */
    @Nullable
    Problem stringProblem;

    private boolean escaped;

    /** Bytes by which the text is shorter than its escapes. */
    private int saved;

    private byte[] scratch = new byte[0];
    private byte[] text = scratch;
    private int textFrom;
    private int textTo;

    private int depth;
    private final boolean[] objects = new boolean[Nesting.LIMIT + 1];

    /** All objects that begin before this were searched for their types, by {@link #type}. */
    private int searched;

    private Map<Integer, Integer> types = Map.of();
    private int @Nullable [] openings;

    JsonInput(byte[] bytes) {
        this.bytes = bytes;
        end = bytes.length;
    }

    /** RFC 8259, section 8.1, lets a parser ignore it; the contract does not. */
    boolean startsWithByteOrderMark() {
        return end >= 3 && bytes[0] == (byte) 0xef && bytes[1] == (byte) 0xbb && bytes[2] == (byte) 0xbf;
    }

    /** Returns the next byte that is no white space, without reading it. */
    byte next() {
        int i = position;
        while (i < end) {
            byte b = bytes[i];
            if (!isSpace(b)) {
                position = i;
                return b;
            }
            i++;
        }
        position = i;
        throw malformed("ends too early");
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /** Reads the bracket that {@link #next} returned. */
    void open(boolean object) {
        position++;
        if (++depth > Nesting.LIMIT) {
            throw new Nesting.TooDeepException();
        }
        objects[depth] = object;
    }

    /** Returns whether there is a first element; else reads the closing bracket. */
    boolean first() {
        if (next() == closing()) {
            close();
            return false;
        }
        return true;
    }

    /** Reads a comma and returns true, or reads the closing bracket and returns false. */
    boolean more() {
        byte b = next();
        if (b == ',') {
            position++;
            return true;
        }
        if (b != closing()) {
            throw malformed("has no comma or closing bracket where one must be");
        }
        close();
        return false;
    }

    private byte closing() {
        return (byte) (objects[depth] ? '}' : ']');
    }

    private void close() {
        position++;
        depth--;
    }

    /** Reads the name of a property, and the colon. */
    void name() {
        if (next() != '"') {
            throw malformed("has no name in quotes where a property must begin");
        }
        string();
        if (next() != ':') {
            throw malformed("has no colon after the name of a property");
        }
        position++;
    }

    /** Reads a string that begins here. */
    void string() {
        int i = position + 1;
        stringFrom = i;
        stringProblem = null;
        escaped = false;
        saved = 0;
        for (; ; ) {
            i = Utf8.plainUntil(bytes, i, end);
            if (i == end) {
                position = i;
                throw malformed("ends within a string");
            }
            byte b = bytes[i];
            if (b == '"') {
                stringTo = i;
                position = i + 1;
                return;
            }
            if (b == '\\') {
                i = escape(i);
            } else if (b < 0) {
                int length = Utf8.sequence(bytes, i, end);
                if (length == 0) {
                    stringProblem = Problem.NOT_UTF8;
                }
                i += Math.max(length, 1);
            } else {
                position = i;
                throw malformed("has a control character in a string that is not escaped");
            }
        }
    }

    /** Checks an escape; returns the index after it. */
    private int escape(int at) {
        escaped = true;
        switch (at + 1 < end ? bytes[at + 1] : 0) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
                saved++;
                return at + 2;
            }
            case 'u' -> {
                int unit = Escapes.hex(bytes, at + 2, end);
                if (unit < 0) {
                    position = at;
                    throw malformed("has an escape in a string without four hexadecimal digits");
                }
                if (Character.isHighSurrogate((char) unit) && Escapes.isLowSurrogate(bytes, at + 6, end)) {
                    saved += 8;
                    return at + 12;
                }
                if (Character.isSurrogate((char) unit)) {
                    stringProblem = Problem.HALF_SURROGATE;
                }
                saved += unit < 0x80 ? 5 : unit < 0x800 ? 4 : 3;
                return at + 6;
            }
            default -> {
                position = at;
                throw malformed("has an escape in a string that JSON does not have");
            }
        }
    }

    /** Returns the number of bytes of the last string as text in UTF-8. */
    int textLength() {
        return stringTo - stringFrom - saved;
    }

    /** Writes the last string as text. */
    void copyText(byte[] target, int at) {
        if (escaped) {
            Escapes.undo(bytes, stringFrom, stringTo, target, at);
        } else {
            System.arraycopy(bytes, stringFrom, target, at, stringTo - stringFrom);
        }
    }

    /** Makes the last string available as {@link #text} from {@link #textFrom} to {@link #textTo}. */
    void text() {
        if (escaped) {
            int length = textLength();
            if (scratch.length < length) {
                scratch = new byte[Math.max(64, length)];
            }
            copyText(scratch, 0);
            text = scratch;
            textFrom = 0;
            textTo = length;
        } else {
            text = bytes;
            textFrom = stringFrom;
            textTo = stringTo;
        }
    }

    byte[] textBytes() {
        return text;
    }

    int textFrom() {
        return textFrom;
    }

    int textTo() {
        return textTo;
    }

    /** Returns whether the last string is a name, once {@link #text} was called. */
    boolean textIs(byte[] name) {
        return Arrays.equals(text, textFrom, textTo, name, 0, name.length);
    }

    /** Reads one of {@code true}, {@code false} and {@code null}. */
    void literal(String literal) {
        int length = literal.length();
        for (int i = 0; i < length; i++) {
            if (position + i == end || bytes[position + i] != literal.charAt(i)) {
                throw malformed("has a word that is not true, false or null");
            }
        }
        position += length;
    }

    /** Checks that there is nothing after the value. */
    void finish() {
        while (position < end) {
            byte b = bytes[position];
            if (!isSpace(b)) {
                throw malformed("goes on after the end of its value");
            }
            position++;
        }
    }

    /** Reads a value of any kind, which must be JSON. */
    void skip() {
        int base = depth;
        JsonNumber number = new JsonNumber();
        for (; ; ) {
            if (element(number)) {
                while (true) {
                    if (depth == base) {
                        return;
                    }
                    boolean object = objects[depth];
                    if (more()) {
                        if (object) {
                            property();
                        }
                        break;
                    }
                }
            } else if (objects[depth]) {
                property();
            }
        }
    }

    /** Reads a scalar or an empty object or array and returns true, or reads an opening bracket and returns false. */
    private boolean element(JsonNumber number) {
        byte b = next();
        switch (b) {
            case '{', '[' -> {
                int opening = position;
                open(b == '{');
                if (openings != null) {
                    openings[depth] = opening;
                }
                return !first();
            }
            case '"' -> string();
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> {
                int after = number.scan(bytes, position, end);
                if (after < 0) {
                    position = -1 - after;
                    throw malformed("has no value where one must be");
                }
                position = after;
            }
        }
        return true;
    }

    private void property() {
        name();
        if (openings != null) {
            text();
            if (textIs(TYPE)) {
                types.putIfAbsent(openings[depth], position);
            }
        }
    }

    /**
     * Returns where the value of {@code @type} begins in the object that was opened at {@code opening}; -1 if it has none. The
     * type is often the last property; one search finds the types of all objects within, so that nesting does not multiply the
     * work. Reading goes on where it was.
     */
    int type(int opening) {
        if (opening >= searched) {
            int resumed = position;
            position = opening;
            depth--;
            openings = new int[Nesting.LIMIT + 1];
            types = types.isEmpty() ? new HashMap<>() : types;
            skip();
            openings = null;
            searched = position;
            position = resumed;
            depth++;
        }
        return types.getOrDefault(opening, -1);
    }

    /** Returns the exception of a body that is no JSON from where reading stopped. */
    GatewayException malformed(String fault) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < position && i < end; i++) {
            if (bytes[i] == '\n') {
                line++;
                column = 1;
            } else if ((bytes[i] & 0xc0) != 0x80) {
                column++;
            }
        }
        return GatewayException.of(
                CommonError.INVALID_JSON,
                "The body is not valid JSON: it " + fault + ", at line " + line + ", column " + column + ".");
    }
}
