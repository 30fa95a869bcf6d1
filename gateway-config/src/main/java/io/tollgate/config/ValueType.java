package io.tollgate.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValueFactory;
import io.tollgate.api.http.AddressRange;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of a value.
 *
 * @param expected the values that are right, for a message
 * @param isList true if a sequence is read too; as one text a list is comma-separated
 * @param structure reads sections and lists of sections, for a type that has them; the parser is not used then
 */
public record ValueType<T>(
        String expected,
        boolean isList,
        Parser<T> parser,
        @Nullable StructureReader<T> structure) {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})");
    private static final Pattern DURATION_PART = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(\\p{L}+)\\s*");

    /** Reads the text of a value. */
    public interface Parser<T> {
        /** Returns the value of {@code text}. */
        T parse(String text) throws BadValue;
    }

    /** Creates a type without structure. */
    public ValueType(String expected, boolean isList, Parser<T> parser) {
        this(expected, isList, parser, null);
    }

    /** Returns a type of sections, or of a list of them; as one text they are written as JSON or HOCON. */
    public static <T> ValueType<T> structured(String expected, StructureReader<T> structure) {
        return new ValueType<>(
                expected,
                false,
                text -> {
                    throw new BadValue();
                },
                structure);
    }

    private static <T> ValueType<T> scalar(String expected, Parser<T> parser) {
        return new ValueType<>(expected, false, text -> parser.parse(text.strip()));
    }

    /** Returns the value of {@code text}. */
    public T parse(String text) throws BadValue {
        return parser.parse(text);
    }

    /** Returns the same type with another text of what is expected. */
    public ValueType<T> expecting(String text) {
        return new ValueType<>(text, isList, parser, structure);
    }

    /** Returns a type: printable text. */
    public static ValueType<String> text(int maxLength) {
        return matching("1 to " + maxLength + " printable characters", "[^\\p{Cntrl}]{1," + maxLength + "}");
    }

    /** Returns a type: text that matches a regular expression. */
    public static ValueType<String> matching(String expected, String regex) {
        Pattern pattern = Pattern.compile(regex);
        return scalar(expected, text -> {
            if (!pattern.matcher(text).matches()) {
                throw new BadValue();
            }
            return text;
        });
    }

    /** Returns a type: a secret, of which no space is removed. */
    public static ValueType<Secret> secret(int minBytes, int maxBytes) {
        return new ValueType<>("a secret of " + minBytes + " to " + maxBytes + " bytes", false, text -> {
            Secret secret = new Secret(text);
            int length = secret.bytes().length;
            if (length < minBytes || length > maxBytes) {
                throw new BadValue("a secret of " + length + " bytes");
            }
            return secret;
        });
    }

    /** Returns a type: a whole number within bounds. */
    public static ValueType<Integer> integer(String what, int min, int max) {
        return scalar(what + ", " + min + " to " + max, text -> {
            try {
                return within(Integer.parseInt(text), min, max);
            } catch (NumberFormatException e) {
                throw new BadValue();
            }
        });
    }

    /** Returns a type: a whole number within bounds that may need 64 bits. */
    public static ValueType<Long> wholeNumber(String what, long min, long max) {
        return scalar(what + ", " + min + " to " + max, text -> {
            try {
                return within(Long.parseLong(text), min, max);
            } catch (NumberFormatException e) {
                throw new BadValue();
            }
        });
    }

    /** Returns a type: a decimal number within bounds. */
    public static ValueType<BigDecimal> decimal(String what, String min, String max) {
        BigDecimal least = new BigDecimal(min);
        BigDecimal most = new BigDecimal(max);
        return scalar(what + ", " + min + " to " + max, text -> {
            try {
                // A short text, so that 1e999999999 costs nothing.
                return within(new BigDecimal(text.length() > 40 ? "" : text), least, most);
            } catch (NumberFormatException e) {
                throw new BadValue();
            }
        });
    }

    /** Returns a type: true or false, in any of the words for them. */
    public static ValueType<Boolean> bool() {
        return scalar("true or false", text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw new BadValue();
        });
    }

    /** Returns a type: one of the constants of an enumeration, in any case. */
    public static <E extends Enum<E>> ValueType<E> choice(Class<E> type) {
        List<String> names = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            names.add(ValueType.name(constant));
        }
        return scalar(String.join(", ", names), text -> {
            int i = names.indexOf(text.toLowerCase(Locale.ROOT));
            if (i < 0) {
                throw new BadValue();
            }
            return type.getEnumConstants()[i];
        });
    }

    /** The constant's own text where it has one, such as the name of a header; else its name in lower case. */
    private static String name(Enum<?> constant) {
        return constant.toString().toLowerCase(Locale.ROOT);
    }

    /** Returns a type: {@code 30s}, {@code 1m30s}, {@code 500 ms}, {@code 1.5h}, in the units of HOCON and the form of Go. */
    public static ValueType<Duration> duration(String min, String max) {
        Duration least = constant(min);
        Duration most = constant(max);
        return scalar("a duration with its unit, " + min + " to " + max, text -> within(duration(text), least, most));
    }

    private static Duration constant(String text) {
        try {
            return duration(text);
        } catch (BadValue e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static Duration duration(String text) throws BadValue {
        Matcher part = DURATION_PART.matcher(text);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (part.find() && part.start() == end && text.length() <= 64) {
            end = part.end();
            // Go writes microseconds with either of Unicode's two mu; HOCON knows neither.
            String unit = part.group(2).replace("\u00b5s", "us").replace("\u03bcs", "us");
            try {
                sum = sum.plus(ConfigValueFactory.fromAnyRef(part.group(1) + unit)
                        .atKey("value")
                        .getDuration("value"));
            } catch (ConfigException | ArithmeticException e) {
                throw new BadValue();
            }
        }
        if (end == 0 || end < text.length()) {
            throw new BadValue();
        }
        return sum;
    }

    /** Returns a type: {@code 65536}, {@code 64KiB}, {@code 64k}, {@code 1MB}, as HOCON has them; in bytes. */
    public static ValueType<Long> size(String min, String max) {
        long least = bytes(min);
        long most = bytes(max);
        return scalar(
                "a size in bytes or with its unit, " + min + " to " + max, text -> within(size(text), least, most));
    }

    /** Returns a type: as {@link #size}, or 0. */
    public static ValueType<Long> sizeOrZero(String min, String max) {
        long least = bytes(min);
        long most = bytes(max);
        return scalar("0, or a size in bytes or with its unit, " + min + " to " + max, text -> {
            long size = size(text);
            return size == 0 ? size : within(size, least, most);
        });
    }

    private static long size(String text) throws BadValue {
        try {
            return bytes(text);
        } catch (ConfigException e) {
            throw new BadValue();
        }
    }

    private static long bytes(String text) {
        return ConfigValueFactory.fromAnyRef(text).atKey("value").getBytes("value");
    }

    /** Returns a type: a host name or an address. No name is looked up. */
    public static ValueType<String> host() {
        return scalar("a host name or an address, without scheme and port", text -> {
            String bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
            boolean isHost = bare.indexOf(':') >= 0
                    ? AddressRange.parseAddress(bare).isPresent()
                    : HOST.matcher(bare).matches();
            if (!isHost) {
                throw new BadValue();
            }
            return bare;
        });
    }

    /** Returns a type: an IP address or a network. */
    public static ValueType<AddressRange> addressRange() {
        return scalar("an address, or a network such as 10.0.0.0/8 with no bits beyond its prefix", text -> {
            try {
                return AddressRange.parse(text);
            } catch (IllegalArgumentException e) {
                throw new BadValue();
            }
        });
    }

    /** Returns a type: a list, comma-separated or a sequence, without empty elements and duplicates. */
    public static <T> ValueType<List<T>> listOf(ValueType<T> element) {
        return new ValueType<>("a list, each " + element.expected, true, text -> {
            Set<T> list = new LinkedHashSet<>();
            List<String> offending = new ArrayList<>();
            for (String part : Arrays.asList(text.split(",", -1))) {
                if (!part.isBlank()) {
                    try {
                        list.add(element.parse(part.strip()));
                    } catch (BadValue e) {
                        offending.addAll(e.offendingOr(part.strip()));
                    }
                }
            }
            if (!offending.isEmpty()) {
                throw new BadValue(offending);
            }
            return List.copyOf(list);
        });
    }

    private static <C extends Comparable<C>> C within(C value, C min, C max) throws BadValue {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new BadValue();
        }
        return value;
    }
}
