package io.tollgate.grpc.transcoding.json;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes scalars, and messages that are one in JSON, from their texts. What is wrong is returned, and the output is void then. */
final class Scalars {
    private static final byte[] TRUE = "true".getBytes(US_ASCII);
    private static final byte[] FALSE = "false".getBytes(US_ASCII);
    private static final byte[] NAN = "NaN".getBytes(US_ASCII);
    private static final byte[] INFINITY = "Infinity".getBytes(US_ASCII);
    private static final byte[] MINUS_INFINITY = "-Infinity".getBytes(US_ASCII);

    private static final int FIRST_VARINT = 0x08;
    private static final int SECOND_VARINT = 0x10;
    private static final int FIRST_BYTES = 0x0a;

    private final WireOutput output;
    private final JsonNumber number = new JsonNumber();
    private final TimeText time = new TimeText();

    Scalars(WireOutput output) {
        this.output = output;
    }

    /** Reads a number of JSON; returns the index after it, or the index of the fault as {@code -1 - index}. */
    int scan(byte[] json, int from, int to) {
        return number.scan(json, from, to);
    }

    /** Writes what {@link #scan} read. */
    @Nullable
    Problem number(FieldCodec field, boolean tagged) {
        return switch (field.type) {
            case DOUBLE -> floating(field, tagged, number.toDouble());
            case FLOAT -> floating(field, tagged, number.toFloat());
            default -> integer(field, tagged);
        };
    }

    /** Writes the double that {@link #scan} read, without a tag. */
    @Nullable
    Problem number() {
        double value = number.toDouble();
        output.fixed64(Double.doubleToRawLongBits(value));
        return Double.isInfinite(value) ? Problem.NOT_FINITE : null;
    }

    /** Writes a scalar of any type but a message. */
    @Nullable
    Problem text(FieldCodec field, boolean tagged, byte[] text, int from, int to) {
        return switch (field.type) {
            case STRING -> {
                tag(field, tagged);
                output.varint(to - from);
                output.put(text, from, to);
                yield null;
            }
            case BYTES -> bytes(field, tagged, text, from, to);
            case BOOL -> bool(field, tagged, text, from, to);
            case ENUM -> enumeration(field, tagged, text, from, to);
            case DOUBLE, FLOAT -> floating(field, tagged, text, from, to);
            default -> number.scan(text, from, to) == to ? integer(field, tagged) : Problem.notInteger(field.type);
        };
    }

    /** Writes the fields of a message that is a scalar in JSON. */
    @Nullable
    Problem message(Shape shape, @Nullable FieldCodec wrapped, byte[] text, int from, int to) {
        return switch (shape) {
            case WRAPPER -> text(requireNonNull(wrapped, "wrapped"), true, text, from, to);
            case TIMESTAMP -> seconds(time.timestamp(text, from, to));
            case DURATION -> seconds(time.duration(text, from, to));
            case FIELD_MASK -> fieldMask(text, from, to);
            default -> throw new IllegalArgumentException("shape: " + shape + " (expected: a scalar)");
        };
    }

    private void tag(FieldCodec field, boolean tagged) {
        if (tagged) {
            output.put(field.tag);
        }
    }

    private @Nullable Problem integer(FieldCodec field, boolean tagged) {
        switch (number.integer()) {
            case FRACTION -> {
                return Problem.notInteger(field.type);
            }
            case OVERFLOW -> {
                return Problem.integerRange(field.type);
            }
            case EXACT -> {}
        }
        long magnitude = number.magnitude();
        boolean negative = number.negative() && magnitude != 0;
        if (!inRange(field.type, negative, magnitude)) {
            return Problem.integerRange(field.type);
        }
        long value = negative ? -magnitude : magnitude;
        if (field.enumeration != null && !field.enumeration.accepts((int) value)) {
            return field.enumeration.unknown;
        }
        tag(field, tagged);
        switch (field.type) {
            case SINT32, SINT64 -> output.varint(value << 1 ^ value >> 63);
            case FIXED32, SFIXED32 -> output.fixed32((int) value);
            case FIXED64, SFIXED64 -> output.fixed64(value);
            default -> output.varint(value);
        }
        return null;
    }

    private static boolean inRange(FieldDescriptor.Type type, boolean negative, long magnitude) {
        return switch (type) {
            case UINT32, FIXED32 -> !negative && magnitude >>> 32 == 0;
            case UINT64, FIXED64 -> !negative;
            case INT64, SINT64, SFIXED64 -> magnitude >= 0 || (negative && magnitude == Long.MIN_VALUE);
            default -> magnitude >>> 31 == 0 || (negative && magnitude == 1L << 31);
        };
    }

    private @Nullable Problem floating(FieldCodec field, boolean tagged, byte[] text, int from, int to) {
        double special = Arrays.equals(text, from, to, NAN, 0, NAN.length)
                ? Double.NaN
                : Arrays.equals(text, from, to, INFINITY, 0, INFINITY.length)
                        ? Double.POSITIVE_INFINITY
                        : Arrays.equals(text, from, to, MINUS_INFINITY, 0, MINUS_INFINITY.length)
                                ? Double.NEGATIVE_INFINITY
                                : 0;
        if (special == 0) {
            return number.scan(text, from, to) == to ? number(field, tagged) : Problem.NOT_NUMBER;
        }
        writeFloating(field, tagged, special);
        return null;
    }

    private @Nullable Problem floating(FieldCodec field, boolean tagged, double value) {
        writeFloating(field, tagged, value);
        if (!Double.isInfinite(value)) {
            return null;
        }
        return field.type == FieldDescriptor.Type.FLOAT ? Problem.FLOAT_RANGE : Problem.NOT_FINITE;
    }

    private void writeFloating(FieldCodec field, boolean tagged, double value) {
        tag(field, tagged);
        if (field.type == FieldDescriptor.Type.FLOAT) {
            output.fixed32(Float.floatToIntBits((float) value));
        } else {
            output.fixed64(Double.doubleToLongBits(value));
        }
    }

    private @Nullable Problem bool(FieldCodec field, boolean tagged, byte[] text, int from, int to) {
        boolean value = Arrays.equals(text, from, to, TRUE, 0, TRUE.length);
        if (!value && !Arrays.equals(text, from, to, FALSE, 0, FALSE.length)) {
            return Problem.NOT_BOOLEAN;
        }
        tag(field, tagged);
        output.put(value ? 1 : 0);
        return null;
    }

    private @Nullable Problem enumeration(FieldCodec field, boolean tagged, byte[] text, int from, int to) {
        EnumCodec enumeration = requireNonNull(field.enumeration, "enumeration");
        Integer value = enumeration.number(text, from, to);
        if (value == null) {
            return number.scan(text, from, to) == to ? integer(field, tagged) : enumeration.unknown;
        }
        tag(field, tagged);
        output.varint(value);
        return null;
    }

    private @Nullable Problem bytes(FieldCodec field, boolean tagged, byte[] text, int from, int to) {
        int length = Base64Text.decodedLength(text, from, to);
        if (length < 0) {
            return Problem.NOT_BASE64;
        }
        tag(field, tagged);
        output.varint(length);
        byte[] target = output.reserve(length);
        if (!Base64Text.decode(text, from, to, target, output.size())) {
            return Problem.NOT_BASE64;
        }
        output.size(output.size() + length);
        return null;
    }

    private @Nullable Problem seconds(@Nullable Problem problem) {
        if (problem == null) {
            if (time.seconds() != 0) {
                output.put(FIRST_VARINT);
                output.varint(time.seconds());
            }
            if (time.nanos() != 0) {
                output.put(SECOND_VARINT);
                output.varint(time.nanos());
            }
        }
        return problem;
    }

    /** Writes each path of the mask in lower_snake_case. */
    private @Nullable Problem fieldMask(byte[] text, int from, int to) {
        int begin = from;
        int capitals = 0;
        for (int i = from; i <= to; i++) {
            if (i < to && text[i] != ',') {
                if (text[i] == '_') {
                    return Problem.NOT_FIELD_MASK;
                }
                capitals += isCapital(text[i]) ? 1 : 0;
            } else {
                if (i > begin) {
                    output.put(FIRST_BYTES);
                    output.varint(i - begin + capitals);
                    snakeCase(text, begin, i, capitals);
                }
                begin = i + 1;
                capitals = 0;
            }
        }
        return null;
    }

    private void snakeCase(byte[] text, int from, int to, int capitals) {
        if (capitals == 0) {
            output.put(text, from, to);
            return;
        }
        for (int i = from; i < to; i++) {
            if (isCapital(text[i])) {
                output.put('_');
                output.put(text[i] | 0x20);
            } else {
                output.put(text[i]);
            }
        }
    }

    private static boolean isCapital(byte b) {
        return b >= 'A' && b <= 'Z';
    }
}
