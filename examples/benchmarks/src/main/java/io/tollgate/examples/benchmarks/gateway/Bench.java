package io.tollgate.examples.benchmarks.gateway;

import io.tollgate.examples.benchmarks.command.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/**
 * The benchmark of the gateway: {@code run} measures it beside floors and a peer, {@code compare} beside another jar of
 * it, {@code guard} holds it to the committed figures, {@code docs} writes the last figures into the documentation. The
 * Makefile has a target for each.
 */
public final class Bench {
    static final Set<String> OPTIONS = Set.of(
            "gateway",
            "base",
            "peer",
            "out",
            "scenarios",
            "rounds",
            "seconds",
            "warmup",
            "commit",
            "redis",
            "figures",
            "page",
            "chart");

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private Bench() {}

    /** Does what {@code args} say. */
    public static void main(String[] args) throws InterruptedException {
        System.exit(run(Arrays.asList(args)));
    }

    private static int run(List<String> args) throws InterruptedException {
        try {
            if (args.isEmpty()) {
                throw new IllegalArgumentException("no command (expected: run, compare, guard or docs)");
            }
            Options options = Options.parse(args.subList(1, args.size()), OPTIONS);
            if (!Files.exists(Path.of("/proc/stat"))) {
                throw new IllegalArgumentException(
                        "no /proc here: what a process costs is read from there, on Linux only");
            }
            Progress progress = new Progress(System.out);
            switch (args.get(0)) {
                case "run" -> new FullRun(options, progress).run();
                case "compare" -> new JarComparison(options, progress).run();
                case "guard" -> {
                    return new Guard(options, progress).run() ? OK : FAILED;
                }
                case "docs" -> FiguresPage.write(options);
                default ->
                    throw new IllegalArgumentException(
                            "command: " + args.get(0) + " (expected: run, compare, guard or docs)");
            }
            return OK;
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            return WRONG_USAGE;
        } catch (IOException | TimeoutException | IllegalStateException e) {
            System.err.println("bench: " + e.getMessage());
            e.printStackTrace();
            return FAILED;
        }
    }
}
