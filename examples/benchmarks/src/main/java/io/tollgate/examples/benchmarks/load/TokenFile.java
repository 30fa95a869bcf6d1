package io.tollgate.examples.benchmarks.load;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Bearer tokens of one length, one a line, so that a load generator finds the n-th of a million by its position.
 *
 * @param file where they are
 * @param count how many there are
 * @param length characters of each, without the end of its line
 */
public record TokenFile(Path file, int count, int length) {
    /** Returns the first. */
    public String first() throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] bytes = new byte[length];
            in.readFully(bytes);
            return new String(bytes, StandardCharsets.US_ASCII);
        }
    }

    /** Maps the file into memory. */
    ByteBuffer map() throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            return in.getChannel().map(java.nio.channels.FileChannel.MapMode.READ_ONLY, 0, in.length());
        }
    }

    /** Returns the position of the n-th token, where one past the last is the first again. */
    int position(long n) {
        return (int) (n % count) * (length + 1);
    }
}
