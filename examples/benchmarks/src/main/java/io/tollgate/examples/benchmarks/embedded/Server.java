package io.tollgate.examples.benchmarks.embedded;

import io.tollgate.examples.benchmarks.command.Jvm;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A server that greets, as a program that takes as arguments its port, a variant of itself, and the secret of the token that each
 * request carries.
 *
 * @param name what the report calls it
 * @param protocol what it speaks
 * @param variants the first is the bare server, to which the others are compared
 * @param command returns the command that runs the program with these arguments
 */
record Server(String name, Protocol protocol, List<String> variants, Function<String[], List<String>> command) {
    static final String BARE = "bare";
    static final String LIMITED = "limited";
    static final String AUTHENTICATED = "authenticated";

    /** The variants of most servers. */
    static final List<String> USUAL = List.of(BARE, LIMITED, AUTHENTICATED);

    /** The protocol of a server. */
    enum Protocol {
        /** {@code GET /hello}. */
        HTTP,
        /** The method {@code greeter.v1.Greeter/Hello}. */
        GRPC
    }

    /**
     * Parses a server in a jar of its own: {@code boot=app.jar}, or {@code boot=app.jar=bare,limited,bucket4j} if it has other
     * variants.
     */
    static Server parse(String text) {
        String[] parts = text.split("=", 3);
        if (parts.length < 2) {
            throw new IllegalArgumentException("--apps: " + text + " (expected: name=jar or name=jar=variants)");
        }
        Path jar = Path.of(parts[1]).toAbsolutePath();
        List<String> variants = parts.length == 3 ? Arrays.asList(parts[2].split(",", -1)) : USUAL;
        return new Server(
                parts[0],
                Protocol.HTTP,
                variants,
                args -> Stream.concat(Jvm.runs(jar).stream(), Stream.of(args)).toList());
    }
}
