package io.tollgate.grpc.transcoding.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names and numbers of an enum. Immutable. */
final class EnumCodec {
    private static final String NULL_VALUE = "google.protobuf.NullValue";

    private final NameTable<Integer> numbers;
    private final Map<Integer, byte[]> names = new HashMap<>();

    /** Names of the numbers from 0, as most enums have them. */
    private final byte[] @Nullable [] firstNames;

    private final boolean closed;
    private final boolean nullValue;

    /** The problem of a value that the enum does not have. */
    final Problem unknown;

    EnumCodec(EnumDescriptor type) {
        Map<String, Integer> entries = new HashMap<>();
        for (EnumValueDescriptor value : type.getValues()) {
            entries.put(value.getName(), value.getNumber());
            names.putIfAbsent(value.getNumber(), ('"' + value.getName() + '"').getBytes(UTF_8));
        }
        numbers = new NameTable<>(entries);
        firstNames = new byte[Math.min(2 * names.size(), 1_000)][];
        for (int i = 0; i < firstNames.length; i++) {
            firstNames[i] = names.get(i);
        }
        closed = type.isClosed();
        nullValue = type.getFullName().equals(NULL_VALUE);
        unknown = new Problem("UNKNOWN_VALUE", "must be a name or a number of the enum " + type.getName());
    }

    /** Returns the number of a name, or null. */
    @Nullable
    Integer number(byte[] bytes, int from, int to) {
        return numbers.get(bytes, from, to);
    }

    /** Returns whether a service of this enum keeps the number. */
    boolean accepts(int number) {
        return !closed || names.containsKey(number);
    }

    boolean isNullValue() {
        return nullValue;
    }

    /** Appends the first name that a number has, else the number. */
    void write(int number, JsonOutput output) {
        if (nullValue) {
            output.putNull();
            return;
        }
        byte[] name = number >= 0 && number < firstNames.length ? firstNames[number] : names.get(number);
        if (name == null) {
            output.putLong(number);
        } else {
            output.append(name);
        }
    }
}
