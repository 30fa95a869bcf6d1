package io.tollgate.api.http;

import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/** Compresses whole contents (RFC 1952). */
final class Gzip {
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, (byte) 255};
    private static final int TRAILER = 8;

    private Gzip() {}

    /**
     * Returns {@code content} compressed; null if that is longer than {@code most} bytes.
     *
     * @param level 1, the fastest, to 9, the smallest
     */
    static byte @Nullable [] compress(byte[] content, int level, int most) {
        int room = most - HEADER.length - TRAILER;
        if (room <= 0) {
            return null;
        }
        byte[] compressed = Arrays.copyOf(HEADER, HEADER.length + room + TRAILER);
        Deflater deflater = new Deflater(level, true);
        int end;
        try {
            deflater.setInput(content);
            deflater.finish();
            end = HEADER.length + deflater.deflate(compressed, HEADER.length, room);
            if (!deflater.finished()) {
                return null;
            }
        } finally {
            deflater.end();
        }
        CRC32 crc = new CRC32();
        crc.update(content);
        end = putLittleEndian(compressed, end, (int) crc.getValue());
        end = putLittleEndian(compressed, end, content.length);
        return Arrays.copyOf(compressed, end);
    }

    /** Returns {@code content} compressed, however long that is. */
    static byte[] compressAnyway(byte[] content, int level) {
        byte[] compressed = compress(content, level, content.length + content.length / 16 + 64);
        if (compressed == null) {
            throw new IllegalStateException("deflate adds at most 5 bytes to each 16 KiB");
        }
        return compressed;
    }

    private static int putLittleEndian(byte[] to, int at, int value) {
        for (int i = 0; i < 4; i++) {
            to[at + i] = (byte) (value >>> (8 * i));
        }
        return at + 4;
    }
}
