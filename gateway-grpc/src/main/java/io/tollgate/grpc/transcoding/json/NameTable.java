package io.tollgate.grpc.transcoding.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A fixed map whose keys are looked up as the bytes of a name. Immutable. */
final class NameTable<T> {
    private final int mask;
    private final byte[][] names;
    private final Object[] values;

    NameTable(Map<String, T> entries) {
        int capacity = Math.max(4, Integer.highestOneBit(Math.max(1, entries.size())) * 4);
        mask = capacity - 1;
        names = new byte[capacity][];
        values = new Object[capacity];
        entries.forEach((name, value) -> {
            byte[] bytes = name.getBytes(UTF_8);
            int slot = slot(bytes, 0, bytes.length);
            names[slot] = bytes;
            values[slot] = value;
        });
    }

    /** Returns the value of a name, or null. */
    @SuppressWarnings("unchecked") // All values are of the type.
    @Nullable
    T get(byte[] bytes, int from, int to) {
        return (T) values[slot(bytes, from, to)];
    }

    /** Returns the slot of a name, or the free one where it would be. */
    private int slot(byte[] bytes, int from, int to) {
        int hash = to - from;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        hash ^= hash >>> 15;
        int slot = hash & mask;
        while (names[slot] != null && !Arrays.equals(names[slot], 0, names[slot].length, bytes, from, to)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }
}
