package io.tollgate.examples.benchmarks.command;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The command line of the JVMs. */
public final class Jvm {
    /** The flags of every process that is measured. The heap has a fixed size, so that no process gains by growing it. */
    public static final List<String> FLAGS = List.of("-Xms512m", "-Xmx512m", "-XX:+UseG1GC");

    private Jvm() {}

    /** Returns the executable of this JVM's JDK. */
    public static String executable() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Returns the command that runs {@code jar}. */
    public static List<String> runs(Path jar) {
        return command(executable(), List.of("-jar", jar.toString()));
    }

    /** Returns the command that runs {@code program} of the benchmarks with {@code args}. */
    public static List<String> runs(Class<?> program, String... args) {
        List<String> end = new ArrayList<>(List.of("-cp", classPath(), program.getName()));
        end.addAll(List.of(args));
        return command(executable(), end);
    }

    /**
     * Returns the command that runs a program with a class path of its own.
     *
     * @param java the executable of a JDK
     */
    public static List<String> runs(String java, String classPath, String program) {
        return command(java, List.of("-cp", classPath, program));
    }

    private static List<String> command(String java, List<String> end) {
        List<String> command = new ArrayList<>();
        command.add(java);
        command.addAll(FLAGS);
        command.addAll(end);
        return command;
    }

    /** Returns the class path of this JVM in a form that holds in any working directory. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
