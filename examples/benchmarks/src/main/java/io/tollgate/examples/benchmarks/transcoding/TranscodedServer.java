package io.tollgate.examples.benchmarks.transcoding;

import io.tollgate.grpc.Upstream;
import io.tollgate.grpc.transcoding.Auth;
import io.tollgate.grpc.transcoding.ServiceDescriptors;
import io.tollgate.grpc.transcoding.Transcoder;
import io.tollgate.undertow.UndertowServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Undertow with a transcoder and without a guard. Arguments: its port, that of the service, and the descriptors. */
public final class TranscodedServer {
    private TranscodedServer() {}

    /** Serves until the process is ended. */
    public static void main(String[] args) throws IOException, InterruptedException {
        try (Upstream upstream = Upstream.builder("orders", "127.0.0.1", Integer.parseInt(args[1]))
                .build()) {
            Transcoder transcoder = Transcoder.builder(upstream)
                    .descriptors(ServiceDescriptors.read(Path.of(args[2])))
                    .auth(Auth.NONE)
                    .build();
            try (UndertowServer server = UndertowServer.builder()
                    .host("127.0.0.1")
                    .port(Integer.parseInt(args[0]))
                    .endpoint(transcoder.endpoint())
                    .start()) {
                System.out.println("listening on " + server.address());
                new CountDownLatch(1).await();
            }
        }
    }
}
