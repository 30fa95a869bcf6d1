package io.tollgate.examples.benchmarks.gateway;

import io.tollgate.examples.benchmarks.command.Jvm;
import io.tollgate.examples.benchmarks.command.Options;
import io.tollgate.examples.benchmarks.probe.Machine;
import io.tollgate.examples.benchmarks.probe.RedisReading;
import io.tollgate.examples.benchmarks.process.ChildProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;

/**
 * What was measured, on what, and with what.
 *
 * @param lines one fact each
 */
record Setup(List<String> lines) {
    private static final Pattern PEER_LIBRARY = Pattern.compile(
            "BOOT-INF/lib/(spring-boot|spring-cloud-gateway-server-webflux|reactor-netty-http)-([0-9].*)\\.jar");

    /** Looks it up. */
    static Setup of(Options options, TestBed bed, Generators generators) throws IOException, InterruptedException {
        Properties versions = new Properties();
        try (InputStream in = Setup.class.getResourceAsStream("versions.properties")) {
            versions.load(in);
        }
        List<String> lines = new ArrayList<>();
        lines.add("machine: " + Machine.current().line() + "; " + LocalDate.now(ZoneOffset.UTC));
        lines.add("gateway: " + version(options.path("gateway")) + ", commit "
                + options.text("commit").orElse("unknown"));
        boolean comparesJars = options.text("base").isPresent();
        if (comparesJars) {
            lines.add("base: " + version(options.path("base")) + ", "
                    + options.path("base").getFileName());
        }
        lines.add("JVM of every process: " + System.getProperty("java.vm.name") + " "
                + System.getProperty("java.runtime.version") + ", " + String.join(" ", Jvm.FLAGS));
        if (!comparesJars) {
            lines.add(
                    "floors: Undertow " + versions.getProperty("undertow") + ", gRPC " + versions.getProperty("grpc"));
        }
        if (options.text("peer").filter(jar -> Files.exists(Path.of(jar))).isPresent()) {
            lines.add("peer: " + String.join(", ", peerLibraries(options.path("peer"))));
        }
        lines.add("Redis " + RedisReading.version(bed.redisPort()) + "; " + String.join("; ", generators.versions()));
        return new Setup(lines);
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append("- ").append(line).append('\n'));
        return text.toString();
    }

    private static String version(Path jar) throws IOException, InterruptedException {
        return ChildProcess.output(
                        List.of(Jvm.executable(), "-jar", jar.toString(), "--version"), Duration.ofSeconds(30))
                .strip();
    }

    private static List<String> peerLibraries(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.stream()
                    .map(entry -> PEER_LIBRARY.matcher(entry.getName()))
                    .filter(Matcher::matches)
                    .map(library -> library.group(1) + " " + library.group(2))
                    .sorted()
                    .toList();
        }
    }
}
