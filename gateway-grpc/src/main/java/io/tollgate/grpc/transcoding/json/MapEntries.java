package io.tollgate.grpc.transcoding.json;

import java.util.Arrays;

/** The entries of a map that has keys twice: for each key, where its last entry is. */
final class MapEntries {
    private static final int SLOTS = 4;

    private final JsonOutput names = new JsonOutput(64);
    private final KeySet keys = new KeySet();

    /** For each key: its name within {@link #names}, and the entry. */
    private int[] slots = new int[16];

    private int size;

    /** Returns where the names of keys are written to, in quotes. */
    JsonOutput names() {
        return names;
    }

    /** Adds an entry whose name was written last. */
    void add(int nameFrom, int begin, int end) {
        int nameTo = names.size();
        int key = keys.add(names.array(), nameFrom, nameTo);
        if (key < 0) {
            key = size++;
            if (SLOTS * size > slots.length) {
                slots = Arrays.copyOf(slots, 2 * slots.length);
            }
            slots[SLOTS * key] = nameFrom;
            slots[SLOTS * key + 1] = nameTo;
        } else {
            names.truncate(nameFrom);
        }
        slots[SLOTS * key + 2] = begin;
        slots[SLOTS * key + 3] = end;
    }

    int size() {
        return size;
    }

    void writeName(int key, JsonOutput output) {
        output.append(names.array(), slots[SLOTS * key], slots[SLOTS * key + 1]);
    }

    int begin(int key) {
        return slots[SLOTS * key + 2];
    }

    int end(int key) {
        return slots[SLOTS * key + 3];
    }
}
