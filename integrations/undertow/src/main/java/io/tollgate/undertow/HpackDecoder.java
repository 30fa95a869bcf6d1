package io.tollgate.undertow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.undertow.protocols.http2.HPackHuffman;
import io.undertow.protocols.http2.HpackException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the field sections of one connection (RFC 7541). Its table has at most {@value #MAX_TABLE} bytes, in the way in which
 * HPACK counts them, and an entry that is referred to is passed on, not copied: what a small block can blow up to costs no memory
 * here, and is for the receiver of the fields to limit.
 */
final class HpackDecoder {
    /** The default of SETTINGS_HEADER_TABLE_SIZE, which a server that says nothing else accepts. */
    static final int MAX_TABLE = 4096;

    private static final int COST_OF_ENTRY = 32;
    private static final int MAX_INTEGER = 1 << 28;
    private static final int FIRST_CAPACITY = 16;

    private @Nullable String[] names = new String[FIRST_CAPACITY];
    private @Nullable String[] values = new String[FIRST_CAPACITY];

    /** The index in the arrays of the newest entry; older ones follow, in a ring. */
    private int newest;

    private int count;
    private int size;
    private int maxSize = MAX_TABLE;

    /** Takes the fields of a section. */
    interface Fields {
        /** Takes a field, whose name and value are bytes, each a character, as the client sent them. */
        void field(String name, String value);
    }

    /** Decodes a whole section, to the end of {@code block}. */
    void decode(ByteBuffer block, Fields fields) throws Http2Exception {
        boolean first = true;
        while (block.hasRemaining()) {
            byte b = block.get();
            if ((b & 0x80) != 0) {
                int index = integer(block, b, 7);
                fields.field(name(index), value(index));
            } else if ((b & 0x40) != 0) {
                String name = literalName(block, b, 6);
                String value = string(block);
                add(name, value);
                fields.field(name, value);
            } else if ((b & 0x20) != 0) {
                if (!first) {
                    throw malformed("the size of its table changes within a field section");
                }
                resize(integer(block, b, 5));
                continue; // More than one may precede the first field (section 4.2).
            } else {
                String name = literalName(block, b, 4);
                fields.field(name, string(block));
            }
            first = false;
        }
    }

    private String literalName(ByteBuffer block, byte b, int prefix) throws Http2Exception {
        int index = integer(block, b, prefix);
        return index == 0 ? string(block) : name(index);
    }

    private String name(int index) throws Http2Exception {
        if (index > 0 && index <= HpackTable.SIZE) {
            return HpackTable.name(index);
        }
        String name = names[slot(index)];
        if (name == null) {
            throw malformed("an index is not in its table");
        }
        return name;
    }

    private String value(int index) throws Http2Exception {
        if (index > 0 && index <= HpackTable.SIZE) {
            return HpackTable.value(index);
        }
        String value = values[slot(index)];
        if (value == null) {
            throw malformed("an index is not in its table");
        }
        return value;
    }

    private int slot(int index) throws Http2Exception {
        int age = index - HpackTable.SIZE - 1;
        if (index == 0 || age >= count) {
            throw malformed("an index is not in its table");
        }
        return (newest + age) & (names.length - 1);
    }

    private void add(String name, String value) {
        int cost = COST_OF_ENTRY + name.length() + value.length();
        evict(maxSize - cost);
        if (cost > maxSize) {
            return;
        }
        if (count == names.length) {
            grow();
        }
        newest = (newest - 1) & (names.length - 1);
        names[newest] = name;
        values[newest] = value;
        count++;
        size += cost;
    }

    private void resize(int max) throws Http2Exception {
        if (max > MAX_TABLE) {
            throw malformed("its table would be larger than " + MAX_TABLE + " bytes");
        }
        maxSize = max;
        evict(max);
    }

    /** Evicts the oldest entries until the others fit. */
    private void evict(int room) {
        while (count > 0 && size > room) {
            int oldest = (newest + count - 1) & (names.length - 1);
            String name = names[oldest];
            String value = values[oldest];
            size -= COST_OF_ENTRY + (name == null ? 0 : name.length()) + (value == null ? 0 : value.length());
            names[oldest] = null;
            values[oldest] = null;
            count--;
        }
    }

    private void grow() {
        names = unrolled(names);
        values = unrolled(values);
        newest = 0;
    }

    private @Nullable String[] unrolled(@Nullable String[] ring) {
        @Nullable String[] twice = Arrays.copyOfRange(ring, newest, newest + 2 * ring.length);
        System.arraycopy(ring, 0, twice, ring.length - newest, newest);
        return twice;
    }

    /** Reads an integer (section 5.1) whose first byte has been read. */
    private static int integer(ByteBuffer block, byte first, int prefix) throws Http2Exception {
        int mask = (1 << prefix) - 1;
        int value = first & mask;
        if (value < mask) {
            return value;
        }
        for (int shift = 0; block.hasRemaining() && shift <= 21; shift += 7) {
            byte b = block.get();
            value += (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw malformed("an integer is cut off or larger than " + MAX_INTEGER);
    }

    private static String string(ByteBuffer block) throws Http2Exception {
        if (!block.hasRemaining()) {
            throw malformed("a string is cut off");
        }
        byte first = block.get();
        int length = integer(block, first, 7);
        if (length > block.remaining()) {
            throw malformed("a string is cut off");
        }
        if (length == 0) {
            return "";
        }
        return (first & 0x80) != 0 ? huffman(block, length) : plain(block, length);
    }

    private static String plain(ByteBuffer block, int length) {
        byte[] bytes = new byte[length];
        block.get(bytes);
        return new String(bytes, ISO_8859_1);
    }

    private static String huffman(ByteBuffer block, int length) throws Http2Exception {
        StringBuilder text = new StringBuilder(length * 8 / 5 + 1);
        try {
            HPackHuffman.decode(block, length, text);
        } catch (HpackException e) {
            throw malformed("a Huffman code is not valid");
        }
        return text.toString();
    }

    private static Http2Exception malformed(String reason) {
        return new Http2Exception(Http2Error.COMPRESSION_ERROR, "HPACK: " + reason);
    }
}
