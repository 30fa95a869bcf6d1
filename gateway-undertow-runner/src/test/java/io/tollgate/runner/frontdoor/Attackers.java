package io.tollgate.runner.frontdoor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Hostile clients without a token, each kind on a thread of its own and from several addresses of the loopback. They go on
 * until they are closed: what the server closes is opened again.
 */
final class Attackers implements AutoCloseable {
    /** The time for which an attacker rests when the server has left nothing to do. */
    private static final int PAUSE_MILLIS = 20;

    /** The rounds that an attacker stays who does not read, about 5 s. */
    private static final int UNREAD_ROUNDS = 250;

    private final InetAddress[] addresses;
    private final Random random;
    private final Map<String, LongAdder> connections = new ConcurrentSkipListMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    /**
     * @param first the first of the addresses, 127.0.0.{@code first}
     * @param count of addresses
     */
    Attackers(int first, int count, long seed) throws IOException {
        this.addresses = new InetAddress[count];
        for (int i = 0; i < count; i++) {
            addresses[i] = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (first + i)});
        }
        this.random = new Random(seed);
    }

    /** The attackers of a port of clients, all at once; {@code scale} 1 is a crowd of about 1,000 connections. */
    Attackers attack(int port, int scale) {
        Random texts = new Random(random.nextLong());
        crowd("unfinished heads", port, 300 * scale, i -> Opening.of(unfinishedHead(15_000)));
        crowd("unfinished bodies", port, 200 * scale, i -> Opening.of(unfinishedBody(60_000, 59_000)));
        crowd("one byte at a time", port, 100 * scale, i -> Opening.dripping("GET /health HTTP/1.1\r\nHost: x\r\nA: "));
        crowd("idle connections", port, 200 * scale, i -> Opening.of("GET /health HTTP/1.1\r\nHost: x\r\n\r\n"));
        crowd("silent connections", port, 100 * scale, i -> Opening.of(""));
        crowd(
                "responses not read",
                port,
                20 * scale,
                i -> Opening.repeating("GET /health HTTP/1.1\r\nHost: x\r\n\r\n"));
        requests("malformed requests", port, () -> malformed(texts));
        requests("forged tokens", port, () -> purchase(forged(texts)));
        requests("guessed passwords", port, () -> login(texts));
        requests("deep and large JSON", port, () -> json(texts));
        resets("connections reset at once", port);
        return this;
    }

    /** The attackers of the operators' port: idle connections, and viewers that read nothing. */
    Attackers attackOperators(int port) {
        crowd("idle operators", port, 300, i -> Opening.of("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        crowd("viewers", port, 16, i -> Opening.unread("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        return this;
    }

    /** Returns the number of connections so far, by kind. */
    String summary() {
        return connections.toString();
    }

    /** What a connection sends, and what it does then. */
    private record Opening(String text, Then then) {
        static Opening of(String text) {
            return new Opening(text, Then.READ);
        }

        /** Sends it once, and never reads. */
        static Opening unread(String text) {
            return new Opening(text, Then.NOTHING);
        }

        /** Sends it again and again, and never reads. */
        static Opening repeating(String text) {
            return new Opening(text, Then.REPEAT);
        }

        /** Sends it once, and then a byte from time to time. */
        static Opening dripping(String text) {
            return new Opening(text, Then.DRIP);
        }
    }

    private enum Then {
        READ,
        NOTHING,
        REPEAT,
        DRIP
    }

    /** Holds {@code size} connections open, and reads nothing but their end. */
    private void crowd(String name, int port, int size, Function<Integer, Opening> openings) {
        start(name, opened -> {
            Member[] members = new Member[size];
            try (Selector selector = Selector.open()) {
                while (!over) {
                    for (int i = 0; i < size && !over; i++) {
                        if (members[i] == null || !members[i].goesOn()) {
                            members[i] = Member.join(address(i), port, openings.apply(i), selector);
                            opened.increment();
                        }
                    }
                    selector.select(key -> ((Member) key.attachment()).readable(), PAUSE_MILLIS);
                }
            } finally {
                for (Member member : members) {
                    if (member != null) {
                        member.leave();
                    }
                }
            }
        });
    }

    /** One connection of a crowd. */
    private static final class Member {
        private final SocketChannel channel;
        private final Opening opening;
        private ByteBuffer left;
        private int rounds;

        private Member(SocketChannel channel, Opening opening) {
            this.channel = channel;
            this.opening = opening;
            this.left = bytesOf(opening.text);
        }

        static Member join(InetAddress from, int port, Opening opening, Selector selector) throws IOException {
            SocketChannel channel = SocketChannel.open();
            Member member = new Member(channel, opening);
            try {
                channel.bind(new InetSocketAddress(from, 0));
                channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                channel.configureBlocking(false);
                if (opening.then == Then.READ || opening.then == Then.DRIP) {
                    channel.register(selector, SelectionKey.OP_READ, member);
                }
            } catch (IOException e) {
                channel.close(); // Full, for the moment: it comes back with the next round.
            }
            return member;
        }

        /** Sends what is due; returns whether the connection is still open. */
        boolean goesOn() throws IOException {
            if (!channel.isOpen()) {
                return false;
            }
            try {
                if (left.hasRemaining()) {
                    channel.write(left);
                } else if (opening.then == Then.REPEAT) {
                    left = bytesOf(opening.text);
                } else if (opening.then == Then.DRIP) {
                    left = ByteBuffer.wrap(new byte[] {'a'});
                } else if (opening.then == Then.NOTHING && ++rounds == UNREAD_ROUNDS) {
                    channel.close(); // It cannot see whether the server has closed it.
                }
            } catch (IOException e) {
                channel.close();
            }
            return channel.isOpen();
        }

        void readable() {
            try {
                if (channel.read(ByteBuffer.allocate(4096)) < 0) {
                    channel.close();
                }
            } catch (IOException e) {
                leave();
            }
        }

        void leave() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Sends one request a connection, as fast as the server responds. */
    private void requests(String name, int port, Request request) {
        start(name, opened -> {
            ByteBuffer response = ByteBuffer.allocate(4096);
            for (int i = 0; !over; i++) {
                opened.increment();
                try (SocketChannel channel = SocketChannel.open()) {
                    channel.bind(new InetSocketAddress(address(i), 0));
                    channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                    channel.socket().setSoTimeout(2_000);
                    channel.write(bytesOf(request.text()));
                    channel.socket().getInputStream().read(response.array());
                } catch (IOException e) {
                    opened.decrement(); // Rejected without a response, which is all right.
                    rest();
                }
            }
        });
    }

    private void resets(String name, int port) {
        start(name, opened -> {
            for (int i = 0; !over; i++) {
                opened.increment();
                try (SocketChannel channel = SocketChannel.open()) {
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                    channel.bind(new InetSocketAddress(address(i), 0));
                    channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                    channel.write(bytesOf("GET /hea"));
                } catch (IOException e) {
                    rest(); // No port is free, or the backlog is full.
                }
            }
        });
    }

    /** The text of a request. */
    private interface Request {
        String text();
    }

    /** The life of an attacker. */
    private interface Life {
        void live(LongAdder opened) throws IOException;
    }

    private void start(String name, Life life) {
        LongAdder opened = connections.computeIfAbsent(name, n -> new LongAdder());
        Consumer<LongAdder> body = count -> {
            while (!over) {
                try {
                    life.live(count);
                } catch (IOException e) {
                    rest(); // No descriptor or no port is free: begin again.
                }
            }
        };
        Thread thread = new Thread(() -> body.accept(opened), "attacker: " + name);
        thread.start();
        threads.add(thread);
    }

    private static void rest() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
    }

    private static ByteBuffer bytesOf(String text) {
        return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    }

    private InetAddress address(int i) {
        return addresses[i % addresses.length];
    }

    private static String unfinishedHead(int size) {
        String header = "X-Header: " + "h".repeat(990) + "\r\n";
        return "GET /health HTTP/1.1\r\nHost: x\r\n" + header.repeat(size / header.length());
    }

    private static String unfinishedBody(int length, int sent) {
        return "POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                + length + "\r\n\r\n{\"email\":\"" + "a".repeat(sent - 10);
    }

    private static String malformed(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> "GET / HTTP/3.0\r\n\r\n";
            case 1 -> "GET / HTTP/9.9\r\nHost: x\r\n\r\n";
            case 2 -> "GET /health HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n".repeat(3_000) + "\r\n";
            case 3 -> "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n";
            case 4 ->
                "POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n";
            case 5 -> "POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n";
            case 6 -> "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
            default -> bytes(random, 1 + random.nextInt(500));
        };
    }

    private static String bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return new String(bytes, ISO_8859_1);
    }

    private static String purchase(String token) {
        return "POST /api/v1/tickets/rock/purchase HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                + token + "\r\nContent-Length: 0\r\n\r\n";
    }

    private static String forged(Random random) {
        String token = Deployment.mint("mallory");
        char[] forged = token.toCharArray();
        forged[token.lastIndexOf('.') + 1 + random.nextInt(20)] = (char) ('a' + random.nextInt(26));
        return random.nextInt(10) == 0 ? "e".repeat(8_000) : new String(forged);
    }

    private static String login(Random random) {
        return post("{\"email\":\"ann@example.org\",\"password\":\"guess " + random.nextLong() + "\"}");
    }

    private static String json(Random random) {
        return post(random.nextBoolean() ? "[".repeat(60_000) : "{\"a\":".repeat(500) + "\"" + "x".repeat(50_000));
    }

    private static String post(String body) {
        return "POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @Override
    public void close() {
        over = true;
        boolean interrupted = false;
        for (Thread thread : threads) {
            try {
                thread.join(20_000);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (thread.isAlive()) {
                throw new AssertionError(thread + " goes on");
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
