package io.tollgate.auth.testkit;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs tests by whatever JUnit is on the class path, in a program of their own or in this one. */
final class RunContracts implements TestExecutionListener {
    final List<String> succeeded = new ArrayList<>();
    final List<String> failed = new ArrayList<>();

    private RunContracts() {}

    static RunContracts of(List<Class<?>> tests) {
        RunContracts run = new RunContracts();
        Launcher launcher = LauncherFactory.create();
        launcher.execute(
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(tests.stream()
                                .map(DiscoverySelectors::selectClass)
                                .toList())
                        .configurationParameter("junit.jupiter.execution.parallel.enabled", "false")
                        .build(),
                run);
        return run;
    }

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.FAILED) {
            failed.add(test.getDisplayName() + ": " + result.getThrowable().orElse(null));
        } else if (test.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
            succeeded.add(test.getDisplayName());
        }
    }

    /** Prints where JUnit is, how many tests succeeded, and which failed. */
    public static void main(String[] args) {
        PrintStream out = System.out;
        RunContracts run = of(Contracts.ALL);
        out.println("junit " + Test.class.getProtectionDomain().getCodeSource().getLocation());
        out.println("succeeded " + run.succeeded.size());
        run.failed.forEach(failure -> out.println("failed " + failure));
        System.exit(run.failed.isEmpty() ? 0 : 1);
    }
}
