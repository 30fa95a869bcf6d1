package io.tollgate.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tollgate.auth.keys.KeySource;
import io.tollgate.auth.keys.SignatureAlgorithm;
import io.tollgate.auth.keys.TokenKey;
import io.tollgate.auth.testkit.TestKeys;
import io.tollgate.auth.testkit.TestToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;

/** A process that fills a cache of verified tokens and measures its heap, in which nothing else happens. */
final class TokenHeap {
    static final int CAPACITY = 4 * 1024;

    private static final TokenKey KEY = TestKeys.of(SignatureAlgorithm.HS256);

    private TokenHeap() {}

    /**
     * What the process found.
     *
     * @param size tokens in the cache
     * @param bytes that the cache says they take
     * @param retained that the heap has grown by
     */
    record Found(long size, long bytes, long retained) {}

    /** Fills a cache of {@link #CAPACITY} in a process of its own with 500 tokens that have these claims. */
    static Found measure(String claims) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                classPath(),
                TokenHeap.class.getName()));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (var toProcess = process.outputWriter(UTF_8)) {
                toProcess.write(claims);
            }
            String[] found = new String(process.getInputStream().readAllBytes(), UTF_8)
                    .strip()
                    .split(" ");
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError("the process failed");
            }
            return new Found(Long.parseLong(found[0]), Long.parseLong(found[1]), Long.parseLong(found[2]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** All that this process has, modules included, since the tests of this module may run in it. */
    private static String classPath() {
        List<String> parts = new ArrayList<>();
        for (Class<?> ours : List.of(JwtVerifier.class, TokenHeap.class)) {
            parts.add(Path.of(ours.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .getPath())
                    .toString());
        }
        parts.add("target/test-classes");
        for (String property : List.of("java.class.path", "surefire.test.class.path", "jdk.module.path")) {
            parts.add(System.getProperty(property, ""));
        }
        parts.removeIf(String::isEmpty);
        return String.join(System.getProperty("path.separator"), parts);
    }

    public static void main(String[] args) throws IOException {
        String claims = new String(System.in.readAllBytes(), UTF_8);
        // Loads the classes; its cache must be gone before the heap is measured.
        WeakReference<JwtVerifier> first = new WeakReference<>(filled(CAPACITY, 50, claims));
        while (first.get() != null) {
            System.gc();
        }
        long before = usedHeap();
        JwtVerifier verifier = filled(CAPACITY, 500, claims);
        long retained = usedHeap() - before;
        CacheStats stats = verifier.cacheStats();
        System.out.println(stats.size() + " " + stats.bytes() + " " + retained);
    }

    static JwtVerifier filled(int cacheSize, int tokens, String claims) {
        JwtVerifier verifier = JwtVerifier.builder()
                .keys(KeySource.fixed(KEY))
                .maxTokenLength(65_536)
                .cacheSize(cacheSize)
                .build();
        for (int i = 0; i < tokens; i++) {
            String token = TestToken.sign(
                    KEY,
                    "{\"alg\":\"HS256\"}",
                    "{\"sub\":\"user-" + i + "\",\"jti\":\"token-" + i + "\",\"exp\":4000000000" + claims + "}");
            verifier.verify(token).toCompletableFuture().join();
        }
        return verifier;
    }

    /** Returns the heap in use when nothing more of it can be collected and the work of caches is done. */
    private static long usedHeap() {
        ForkJoinPool.commonPool().awaitQuiescence(30, TimeUnit.SECONDS);
        Runtime runtime = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        for (int same = 0; same < 3; same++) {
            System.gc();
            long now = runtime.totalMemory() - runtime.freeMemory();
            if (now < used - 4096) {
                same = 0;
            }
            used = Math.min(used, now);
        }
        return used;
    }
}
