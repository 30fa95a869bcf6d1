package io.tollgate.runner.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.TimeSource;
import io.tollgate.grpc.transcoding.Transcoder;
import io.tollgate.runner.routes.ApiRoute;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RoutesTest {
    @Test
    void areThoseThatAPolicyCanName() {
        Routes routes = Routes.of(
                new TestGateway.Users(),
                TestGateway.orders(),
                new Health("name", "1", TimeSource.system()),
                new TokenRoutes(
                        () -> CompletableFuture.completedStage("{}"),
                        Optional.of((refreshToken, bearer) -> CompletableFuture.completedStage(null)),
                        Map.of()),
                new ApiVersions(Map.of(), Optional.empty()),
                List.of(),
                List.of(),
                () -> Transcoder.of(List.of()));

        assertThat(routes.templates()).containsExactlyInAnyOrderElementsOf(ApiRoute.templates());
    }
}
