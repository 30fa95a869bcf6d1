package io.tollgate.runner.frontdoor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.tollgate.grpc.order.OrderServiceGrpc;
import io.tollgate.grpc.order.PurchaseRequest;
import io.tollgate.grpc.order.PurchaseResponse;
import io.tollgate.grpc.order.Ticket;
import io.tollgate.grpc.user.LoginRequest;
import io.tollgate.grpc.user.LoginResponse;
import io.tollgate.grpc.user.RegisterRequest;
import io.tollgate.grpc.user.RegisterResponse;
import io.tollgate.grpc.user.User;
import io.tollgate.grpc.user.UserServiceGrpc;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * A user and an order service in a process of its own, which signals can stop and kill. It writes each purchase that it makes
 * into a file, by its idempotency key, and honours no key: a purchase that the gateway sends twice is there twice.
 */
final class LedgerService implements AutoCloseable {
    private static final Pattern LISTENS = Pattern.compile("listens on (\\d+)");

    private final Path folder;
    private final String name;
    private Process process;
    private int port;

    private LedgerService(Path folder, String name) {
        this.folder = folder;
        this.name = name;
    }

    /** Starts one on a free port, whose files are in {@code folder}. */
    static LedgerService start(Path folder, String name) throws IOException {
        LedgerService service = new LedgerService(folder, name);
        service.launch();
        return service;
    }

    int port() {
        return port;
    }

    /** Ends it in the middle of whatever it does. */
    void kill() {
        process.destroyForcibly().onExit().orTimeout(30, TimeUnit.SECONDS).join();
    }

    /** Stops it in the middle of whatever it does: connections stay, and nothing is answered until it is resumed. */
    void suspend() {
        signal("STOP");
    }

    void resume() {
        signal("CONT");
    }

    /** Starts it, on the same port as before if there was one. */
    void launch() throws IOException {
        Path output = Files.createTempFile(folder, name, ".txt");
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LedgerService.class.getName(),
                        Integer.toString(port),
                        ledger().toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        port = Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> listening(output), on -> on > 0);
    }

    private int listening(Path output) throws IOException {
        String said = Files.readString(output);
        Matcher listens = LISTENS.matcher(said);
        if (!process.isAlive()) {
            throw new AssertionError(name + " has ended: " + said);
        }
        return listens.find() ? Integer.parseInt(listens.group(1)) : 0;
    }

    private void signal(String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .onExit()
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the number of purchases that were made. */
    int purchases() throws IOException {
        return Files.exists(ledger()) ? Files.readAllLines(ledger()).size() : 0;
    }

    /** Returns the keys of the purchases that were made more than once. */
    List<String> madeTwice() throws IOException {
        if (!Files.exists(ledger())) {
            return List.of();
        }
        Map<String, Long> times =
                Files.readAllLines(ledger()).stream().collect(Collectors.groupingBy(key -> key, Collectors.counting()));
        List<String> twice = new ArrayList<>();
        times.forEach((key, count) -> {
            if (count > 1) {
                twice.add(key);
            }
        });
        return twice;
    }

    private Path ledger() {
        return folder.resolve(name + "-ledger.txt").toAbsolutePath();
    }

    @Override
    public void close() {
        kill();
    }

    public static void main(String[] arguments) throws Exception {
        // What is written is there even if this is killed in the next moment.
        OutputStream ledger = new FileOutputStream(arguments[1], true);
        int port = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])))
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addService(new Users())
                .addService(new Orders(ledger))
                .build()
                .start()
                .getPort();
        System.out.println("listens on " + port);
        // Ends with the process of the tests, however that ends.
        System.in.transferTo(OutputStream.nullOutputStream());
        System.exit(0);
    }

    private static <A> void answer(StreamObserver<A> observer, A answer) {
        observer.onNext(answer);
        observer.onCompleted();
    }

    private static final class Users extends UserServiceGrpc.UserServiceImplBase {
        @Override
        public void register(RegisterRequest request, StreamObserver<RegisterResponse> observer) {
            answer(
                    observer,
                    RegisterResponse.newBuilder()
                            .setUser(user(request.getEmail()))
                            .build());
        }

        @Override
        public void login(LoginRequest request, StreamObserver<LoginResponse> observer) {
            answer(
                    observer,
                    LoginResponse.newBuilder().setUser(user(request.getEmail())).build());
        }

        private static User user(String email) {
            return User.newBuilder()
                    .setId("u-" + Integer.toHexString(email.hashCode()))
                    .setEmail(email)
                    .setUsername("shopper")
                    .build();
        }
    }

    private static final class Orders extends OrderServiceGrpc.OrderServiceImplBase {
        private final OutputStream ledger;

        Orders(OutputStream ledger) {
            this.ledger = ledger;
        }

        @Override
        public void purchaseTicket(PurchaseRequest request, StreamObserver<PurchaseResponse> observer) {
            try {
                synchronized (ledger) {
                    ledger.write((request.getIdempotencyKey() + "\n").getBytes(UTF_8));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            answer(
                    observer,
                    PurchaseResponse.newBuilder()
                            .setStatus(PurchaseResponse.Status.CONFIRMED)
                            .setTicket(Ticket.newBuilder()
                                    .setId(UUID.randomUUID().toString())
                                    .setEventId(request.getEventId())
                                    .setUserId(request.getUserId())
                                    .setStatus("confirmed"))
                            .build());
        }
    }
}
