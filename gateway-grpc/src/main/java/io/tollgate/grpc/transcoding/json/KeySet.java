package io.tollgate.grpc.transcoding.json;

import java.security.SecureRandom;
import java.util.Arrays;

/** The keys of one map, as ranges of a buffer that may grow. Keys come from anyone: their hash cannot be foreseen. */
final class KeySet {
    private static final int MAX_LINEAR = 8;
    private static final long SEED;
    private static final long FACTOR;

    static {
        SecureRandom random = new SecureRandom();
        SEED = random.nextLong();
        FACTOR = random.nextLong() | 1;
    }

    /** Pairs: where each key begins and ends. */
    private int[] ranges = new int[8];

    private int size;

    /** Numbers of keys from 1, by hash; empty while there are few. */
    private int[] table = {};

    private int[] hashes = {};

    /** Adds a key; returns -1, or the number of the equal key that is there. */
    int add(byte[] bytes, int from, int to) {
        if (2 * size == ranges.length) {
            ranges = Arrays.copyOf(ranges, 4 * size);
        }
        ranges[2 * size] = from;
        ranges[2 * size + 1] = to;
        int equal = size < MAX_LINEAR ? linear(bytes, from, to) : hashed(bytes, from, to);
        if (equal < 0) {
            size++;
        }
        return equal;
    }

    private int linear(byte[] bytes, int from, int to) {
        for (int i = 0; i < size; i++) {
            if (equal(i, bytes, from, to)) {
                return i;
            }
        }
        return -1;
    }

    private int hashed(byte[] bytes, int from, int to) {
        if (2 * (size + 1) > table.length) {
            grow(bytes);
        }
        int hash = hash(bytes, from, to);
        int slot = hash & table.length - 1;
        while (table[slot] != 0) {
            int key = table[slot] - 1;
            if (hashes[key] == hash && equal(key, bytes, from, to)) {
                return key;
            }
            slot = slot + 1 & table.length - 1;
        }
        table[slot] = size + 1;
        hashes[size] = hash;
        return -1;
    }

    private void grow(byte[] bytes) {
        table = new int[Math.max(64, 4 * table.length)];
        boolean first = hashes.length == 0;
        hashes = Arrays.copyOf(hashes, table.length / 2);
        for (int i = 0; i < size; i++) {
            if (first) {
                hashes[i] = hash(bytes, ranges[2 * i], ranges[2 * i + 1]);
            }
            int slot = hashes[i] & table.length - 1;
            while (table[slot] != 0) {
                slot = slot + 1 & table.length - 1;
            }
            table[slot] = i + 1;
        }
    }

    private boolean equal(int key, byte[] bytes, int from, int to) {
        return Arrays.equals(bytes, ranges[2 * key], ranges[2 * key + 1], bytes, from, to);
    }

    private static int hash(byte[] bytes, int from, int to) {
        long hash = SEED;
        for (int i = from; i < to; i++) {
            hash = (hash ^ bytes[i]) * FACTOR;
            hash ^= hash >>> 32;
        }
        return (int) (hash ^ hash >>> 16);
    }
}
