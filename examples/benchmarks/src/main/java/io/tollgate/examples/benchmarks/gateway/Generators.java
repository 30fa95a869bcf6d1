package io.tollgate.examples.benchmarks.gateway;

import io.tollgate.examples.benchmarks.load.ClosedLoop;
import io.tollgate.examples.benchmarks.load.H2load;
import io.tollgate.examples.benchmarks.load.LoadGenerator;
import io.tollgate.examples.benchmarks.load.OpenLoop;
import io.tollgate.examples.benchmarks.load.Protocol;
import io.tollgate.examples.benchmarks.load.RequestSpec;
import io.tollgate.examples.benchmarks.load.Wrk;
import io.tollgate.examples.benchmarks.process.ChildProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Chooses the load generator of a scenario, by what is installed. */
final class Generators {
    private static final int THREADS = 2;

    /**
     * A load generator with its name.
     *
     * @param name what a report calls it
     */
    record Named(String name, LoadGenerator generator) {}

    private final Path folder;
    private final boolean wrk;
    private final boolean h2load;

    private Generators(Path folder, boolean wrk, boolean h2load) {
        this.folder = folder;
        this.wrk = wrk;
        this.h2load = h2load;
    }

    /** Uses wrk and h2load where they are on the path, else the driver of this JVM. */
    static Generators installed(Path folder) {
        return new Generators(folder, isInstalled("wrk"), isInstalled("h2load"));
    }

    /** Uses the driver of this JVM only. */
    static Generators driverOnly(Path folder) {
        return new Generators(folder, false, false);
    }

    Named of(Scenario scenario, RequestSpec request, Protocol protocol) throws IOException {
        return scenario.isOpen()
                ? new Named("JVM driver", new OpenLoop(scenario.perSecond()))
                : closed(request, protocol);
    }

    /**
     * Returns the generator of a closed loop: h2load if all requests have the same token, since it tells how they fail, and
     * speaks HTTP/2 and TLS.
     */
    Named closed(RequestSpec request, Protocol protocol) throws IOException {
        if (protocol != Protocol.HTTP_1 && !h2load) {
            throw new IllegalStateException("h2load is not installed, without which " + protocol + " is not measured");
        }
        if (h2load && request.tokens().isPresent() && H2load.fits(request)) {
            return new Named("h2load", new H2load(folder, THREADS));
        }
        return wrk ? new Named("wrk", new Wrk(folder, THREADS)) : new Named("JVM driver", new ClosedLoop(THREADS));
    }

    /** Returns the versions of what is used, one a line. */
    List<String> versions() throws IOException, InterruptedException {
        return List.of(
                wrk ? version("wrk", "--version") : "wrk is not installed: the JVM driver took its place",
                h2load ? version("h2load", "--version") : "h2load is not installed");
    }

    private static String version(String... command) throws IOException, InterruptedException {
        String line = ChildProcess.output(List.of(command), Duration.ofSeconds(10))
                .lines()
                .findFirst()
                .orElse(command[0]);
        return line.replaceAll(" Copyright.*", "").strip();
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
