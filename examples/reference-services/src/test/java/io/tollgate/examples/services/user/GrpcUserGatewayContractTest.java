package io.tollgate.examples.services.user;

import io.tollgate.api.user.UserGateway;
import io.tollgate.grpc.GrpcUserGateway;
import io.tollgate.grpc.Upstream;
import io.tollgate.testkit.UserGatewayContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The gateway's client over a real connection to the real service. */
class GrpcUserGatewayContractTest extends UserGatewayContract {
    private static UserServiceServer service;
    private static Upstream upstream;

    @BeforeAll
    static void start() {
        service = UserServiceServer.builder()
                .port(0)
                .jwtSecret("a-secret-of-these-tests-that-is-long-enough")
                .passwordCost(new PasswordCost(64, 1))
                .start();
        upstream = Upstream.builder("user-service", "127.0.0.1", service.port()).build();
    }

    @AfterAll
    static void stop() {
        upstream.close();
        service.close();
    }

    @Override
    protected UserGateway gateway() {
        return new GrpcUserGateway(upstream);
    }
}
