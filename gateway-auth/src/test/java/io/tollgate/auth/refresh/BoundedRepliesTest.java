package io.tollgate.auth.refresh;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.auth.refresh.BoundedReplies.Bounds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.util.RedisInputStream;

class BoundedRepliesTest {
    private static final Bounds BOUNDS = new Bounds(100, 10, TimeUnit.MINUTES.toNanos(1));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "$2000000000~|a reply of more than 100 bytes",
                "$101~|a reply of more than 100 bytes",
                "*2~$60~xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx~$41~|a reply of more than 100 bytes",
                "*1000000000~|a reply of more than 10 elements",
                "*11~|a reply of more than 10 elements",
                "*5~*5~*1~|a reply of more than 10 elements",
                "*1~*1~*1~*1~*1~*1~*1~*1~*1~|a reply of more than 8 nested arrays",
                "$-2~|not RESP: a string of -2 bytes",
                "*-2~|not RESP: an array of -2 elements",
                "$~|not RESP: a number without digits",
                ":-~|not RESP: a number without digits",
                ":--1~|not RESP: a number with byte 45 after 0 digits",
                ":1-~|not RESP: a number with byte 45 after 1 digits",
                "$12345678901234567890~|not RESP: a number with byte 48 after 19 digits",
                "!1~|not RESP: a reply that begins with byte 33",
                "$1-~|not RESP: a number with byte 45 after 1 digits",
                "$1:~|not RESP: a number with byte 58 after 1 digits",
                "$100000000-~|not RESP: a number with byte 45 after 9 digits",
                "$ 1~|not RESP: a number with byte 32 after 0 digits",
                "+aaaa^+aaaa^|not RESP: a line feed within a line",
                "$1^|not RESP: a number with byte 10 after 1 digits",
                "+a`a|not RESP: a carriage return within a line",
                "=101~|a reply of more than 100 bytes",
                "+12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901"
                        + "|a reply of more than 100 bytes",
                "*2~-123456789012345678901234567890~$71~|a reply of more than 100 bytes",
                "%6~|a reply of more than 10 elements",
                "%4~*3~|a reply of more than 10 elements",
                "%2~:1~:1~:1~>1~|not RESP: a push within a reply",
                "@11~|a reply of more than 10 elements",
                ">11~|a reply of more than 10 elements",
                "*1~>1~|not RESP: a push within a reply",
                ">5~:1~:1~:1~:1~:1~>6~|a reply of more than 10 elements",
            })
    void failsAtTheFirstLineOfWhatIsTooMuch(String reply, String message) {
        // What would follow is not there: nothing waits for it, and so nothing is allocated for it.
        assertThatThrownBy(() -> readAll(raw(reply), new Random(1), BOUNDS))
                .isInstanceOf(IOException.class)
                .hasMessage(message);
    }

    /** A tilde ends a line; a set, which begins with one, begins with an at sign here. */
    private static String raw(String reply) {
        return reply.replace("~", "\r\n").replace('^', '\n').replace('`', '\r').replace('@', '~');
    }

    @Test
    void countsPushesAsTheBeginningOfTheReplyThatFollows() throws Exception {
        String push = ">2\r\n+a\r\n+b\r\n";
        assertThat(readAll((push.repeat(5) + "+OK\r\n").repeat(50), new Random(1), BOUNDS))
                .isPositive();
        assertThatThrownBy(() -> readAll(push.repeat(6), new Random(1), BOUNDS))
                .hasMessage("a reply of more than 10 elements");
    }

    @Test
    void boundsEachReplyByItself() throws Exception {
        String most =
                "$100\r\n" + "x".repeat(100) + "\r\n*10\r\n" + ":1\r\n".repeat(10) + "*-1\r\n$-1\r\n$0\r\n\r\n*0\r\n";
        assertThat(readAll(most.repeat(50), new Random(1), BOUNDS)).isEqualTo(50 * most.length());
    }

    @Test
    void failsAReplyThatTrickles() throws Exception {
        String reply = "$10\r\n0123456789\r\n";
        BoundedReplies replies =
                new BoundedReplies(new ByteArrayInputStream(reply.getBytes(ISO_8859_1)), new Bounds(100, 10, 0));
        byte[] buffer = new byte[1];
        assertThat(replies.read(buffer)).isEqualTo(1);
        assertThatThrownBy(() -> {
                    while (replies.read(buffer) > 0) {
                        // Each byte by itself, as from a server that sends one at a time.
                    }
                })
                .hasMessage("a reply took longer than 0 ms");
    }

    /** Bytes that come in pieces, each of which ends within a reply: in a line, in a string, in a list, and after pushes only. */
    @ParameterizedTest
    @ValueSource(strings = {"+a b c d", "$5~ a b c", "*9~ :1~ :1~ :1~", ">1~:1~ >1~:1~ >1~:1~ >1~:1~"})
    void boundsTheTimeOfAReplyWhereverItTrickles(String pieces) {
        BoundedReplies replies = inPieces(pieces, new Bounds(100, 10, 0));

        assertThatThrownBy(replies::readAllBytes).hasMessage("a reply took longer than 0 ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+OK~ +O", "$-1~ $2~a", "*1~:1~ *2~:1~", ":1~ >1~:1~", "+O K~ +O", ">1~:1~ :1~ +O"})
    void countsTheTimeFromTheBeginningOfAReply(String pieces) throws Exception {
        BoundedReplies replies = inPieces(pieces, new Bounds(100, 10, 0));

        for (String piece : pieces.split(" ")) {
            assertThat(replies.read(new byte[100])).isEqualTo(raw(piece).length());
        }
    }

    @Test
    void tellsHowLongAReplyMayTake() {
        long bound = TimeUnit.MILLISECONDS.toNanos(3);
        InputStream slow = new InputStream() {
            @Override
            public int read() {
                long began = System.nanoTime();
                while (System.nanoTime() - began <= bound) {
                    Thread.onSpinWait();
                }
                return 'a';
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                buffer[offset] = (byte) (offset == 0 ? '+' : read());
                return 1;
            }
        };

        assertThatThrownBy(() -> new BoundedReplies(slow, new Bounds(100, 10, bound)).readNBytes(50))
                .hasMessage("a reply took longer than 3 ms");
    }

    @Test
    void endsWhereTheServerEndsWithinAReply() throws Exception {
        BoundedReplies replies = inPieces("$9~ab", new Bounds(100, 10, 0));
        assertThat(replies.read(new byte[100])).isEqualTo(6);

        assertThat(replies.read(new byte[100]))
                .as("an end, not a reply that is late")
                .isEqualTo(-1);
        assertThat(replies.read()).isEqualTo(-1);
    }

    @Test
    void acceptsAPushAfterTheLastElementOfAReply() throws Exception {
        for (String reply : List.of(
                "*0~>1~+a~+OK~",
                "%0~>1~+a~+OK~",
                "%2~:1~:1~:1~:1~>1~+a~+OK~",
                "*-1~>1~+a~+OK~",
                "*1~$-1~>1~+a~+OK~",
                "*1~*0~>1~+a~+OK~",
                "*1~$1~a~>1~+a~+OK~")) {
            assertThat(readAll(raw(reply), new Random(1), BOUNDS))
                    .as(reply)
                    .isEqualTo(raw(reply).length());
        }
    }

    @Test
    void readsBytesOneByOneWithinTheSameBounds() throws Exception {
        StringBuilder bytes = new StringBuilder();
        for (int b = 0; b < 256; b++) {
            bytes.append((char) b);
        }
        String reply = "$256\r\n" + bytes + "\r\n";
        BoundedReplies replies = new BoundedReplies(in(reply), new Bounds(256, 10, TimeUnit.MINUTES.toNanos(1)));
        StringBuilder read = new StringBuilder();
        for (int next = replies.read(); next >= 0; next = replies.read()) {
            read.append((char) next);
        }
        assertThat(read).hasToString(reply);

        BoundedReplies bounded = new BoundedReplies(in("$101\r\n"), BOUNDS);
        assertThatThrownBy(() -> {
                    while (bounded.read() >= 0) {
                        // Up to the line that announces too much.
                    }
                })
                .hasMessage("a reply of more than 100 bytes");
    }

    @Test
    void closesTheSocketAndTellsWhatItHasAvailable() throws Exception {
        AtomicBoolean closed = new AtomicBoolean();
        BoundedReplies replies = new BoundedReplies(
                new ByteArrayInputStream(new byte[7]) {
                    @Override
                    public void close() {
                        closed.set(true);
                    }
                },
                BOUNDS);

        assertThat(replies.available()).isEqualTo(7);
        assertThat(closed).isFalse();
        replies.close();
        assertThat(closed).isTrue();
    }

    /** Returns replies that come in the pieces between the spaces. */
    private static BoundedReplies inPieces(String pieces, Bounds bounds) {
        Queue<byte[]> left = new ArrayDeque<>();
        for (String piece : pieces.split(" ")) {
            left.add(raw(piece).getBytes(ISO_8859_1));
        }
        return new BoundedReplies(
                new InputStream() {
                    @Override
                    public int read() {
                        throw new AssertionError("read in pieces");
                    }

                    @Override
                    public int read(byte[] buffer, int offset, int length) {
                        byte[] piece = left.poll();
                        if (piece == null) {
                            return -1;
                        }
                        System.arraycopy(piece, 0, buffer, offset, piece.length);
                        return piece.length;
                    }
                },
                bounds);
    }

    @Test
    void passesOnWhateverIsWithinTheBoundsInPiecesOfAnySize() throws Exception {
        for (int round = 0; round < 1_000; round++) {
            long seed = ThreadLocalRandom.current().nextLong();
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            int replies = 1 + random.nextInt(20);
            for (int i = 0; i < replies; i++) {
                reply(text, random, 3);
            }
            Bounds wide = new Bounds(1_000_000, 10_000, TimeUnit.MINUTES.toNanos(1));
            RedisInputStream plain = new RedisInputStream(in(text.toString()));
            RedisInputStream bounded =
                    new RedisInputStream(new BoundedReplies(new Pieces(in(text.toString()), random), wide));
            for (int i = 0; i < replies; i++) {
                assertThat(read(bounded))
                        .as("seed %d", seed)
                        .usingRecursiveComparison()
                        .isEqualTo(read(plain));
            }
        }
    }

    @Test
    void letsNoReplyOfRandomBytesThrowAnError() throws Exception {
        for (int round = 0; round < 20_000; round++) {
            long seed = ThreadLocalRandom.current().nextLong();
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 5; i++) {
                reply(text, random, 3);
            }
            for (int i = 0; i < 3; i++) {
                text.setCharAt(random.nextInt(text.length()), "$*:+-_#,(=~%0123456789\r\n".charAt(random.nextInt(24)));
            }
            RedisInputStream bounded = new RedisInputStream(new BoundedReplies(in(text.toString()), BOUNDS));
            try {
                for (int i = 0; i < 5; i++) {
                    read(bounded);
                }
            } catch (RuntimeException e) {
                // An end of the stream, a bound, or what Jedis makes of a redirection that is none.
                assertThat(e).as("seed %d", seed).isNotInstanceOf(NegativeArraySizeException.class);
            }
        }
    }

    @SuppressWarnings("deprecation") // The one way that all versions of Jedis have in common.
    private static Object read(RedisInputStream from) {
        try {
            Object reply = Protocol.read(from);
            return reply == null ? "null" : reply;
        } catch (JedisConnectionException e) {
            throw e;
        } catch (JedisDataException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void reply(StringBuilder to, Random random, int depth) {
        switch (random.nextInt(depth == 0 ? 6 : 9)) {
            case 0 -> to.append("+OK\r\n");
            case 1 -> to.append("-ERR no ").append(random.nextInt()).append("\r\n");
            case 2 -> to.append(':').append(random.nextLong()).append("\r\n");
            case 3 -> to.append(random.nextBoolean() ? "$-1\r\n" : "*-1\r\n");
            case 4 -> {
                int length = random.nextInt(random.nextInt(10) == 0 ? 10_000 : 40);
                to.append('$').append(length).append("\r\n");
                for (int i = 0; i < length; i++) {
                    to.append((char) random.nextInt(256));
                }
                to.append("\r\n");
            }
            case 5 ->
                to.append(List.of("_", "#t", ",1.5", "(123456789012345678901234567890", "=7\r\ntxt:abc")
                                .get(random.nextInt(5)))
                        .append("\r\n");
            case 6 -> {
                int pairs = random.nextInt(3);
                to.append('%').append(pairs).append("\r\n");
                for (int i = 0; i < 2 * pairs; i++) {
                    reply(to, random, depth - 1);
                }
            }
            default -> {
                int length = random.nextInt(5);
                to.append(random.nextBoolean() ? '*' : '~').append(length).append("\r\n");
                for (int i = 0; i < length; i++) {
                    reply(to, random, depth - 1);
                }
            }
        }
    }

    private static int readAll(String text, Random random, Bounds bounds) throws IOException {
        try (InputStream replies = new BoundedReplies(new Pieces(in(text), random), bounds)) {
            return replies.readAllBytes().length;
        }
    }

    private static InputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(ISO_8859_1));
    }

    /** Reads a few bytes at a time, as a network does. */
    private static final class Pieces extends InputStream {
        private final InputStream in;
        private final Random random;

        Pieces(InputStream in, Random random) {
            this.in = in;
            this.random = random;
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return in.read(buffer, offset, Math.min(length, 1 + random.nextInt(50)));
        }
    }
}
