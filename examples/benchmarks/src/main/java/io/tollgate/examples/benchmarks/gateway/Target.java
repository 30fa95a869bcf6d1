package io.tollgate.examples.benchmarks.gateway;

import io.tollgate.examples.benchmarks.load.Protocol;
import io.tollgate.examples.benchmarks.probe.JvmProbe;
import io.tollgate.examples.benchmarks.process.ChildProcess;
import java.io.IOException;

/**
 * A running process under test.
 *
 * @param name what progress and reports call it
 * @param port where it listens
 * @param protocol what requests are sent in
 * @param process the process
 * @param jvm the view into its JVM
 */
record Target(String name, int port, Protocol protocol, ChildProcess process, JvmProbe jvm) implements AutoCloseable {
    @Override
    public void close() throws IOException {
        jvm.close();
        process.close();
    }
}
