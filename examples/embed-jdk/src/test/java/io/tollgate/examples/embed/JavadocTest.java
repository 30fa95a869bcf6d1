package io.tollgate.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples in the Javadoc of the libraries are code that is compiled. */
class JavadocTest {
    private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code\\n(.*?)\\n\\s*\\* }</pre>", Pattern.DOTALL);
    private static final Pattern MARGIN = Pattern.compile("^\\s*\\* ?", Pattern.MULTILINE);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gateway-api",
                "gateway-ratelimit",
                "gateway-auth",
                "gateway-operations",
                "gateway-grpc/src/main/java/io/tollgate/grpc/transcoding",
                "gateway-tls",
                "integrations/jdk-httpserver",
                "integrations/servlet",
                "integrations/grpc-interceptor",
                "gateway-testkit",
                "gateway-auth-testkit"
            })
    void showsOnlyCodeThatIsCompiled(String module) throws IOException {
        String compiled = Sources.quotable();

        List<String> examples = examples(Sources.of(module.contains("/src/") ? module : module + "/src/main/java"));
        assertThat(examples).isNotEmpty();
        assertThat(examples)
                .as("examples that are not compiled")
                .filteredOn(example -> !compiled.contains(Sources.squeezed(example)))
                .isEmpty();
    }

    @Test
    void hasAnExampleForEachExtensionPoint() throws IOException {
        for (String type : List.of(
                "gateway-api/src/main/java/io/tollgate/api/TimeSource.java",
                "gateway-api/src/main/java/io/tollgate/api/guard/GuardListener.java",
                "gateway-api/src/main/java/io/tollgate/api/http/ErrorRenderer.java",
                "gateway-api/src/main/java/io/tollgate/api/http/HttpEndpoint.java",
                "gateway-api/src/main/java/io/tollgate/api/http/RouteEndpoint.java",
                "gateway-api/src/main/java/io/tollgate/api/http/RouteFilter.java",
                "gateway-api/src/main/java/io/tollgate/api/ratelimit/RateLimitPolicy.java",
                "gateway-api/src/main/java/io/tollgate/api/ratelimit/RateLimiter.java",
                "gateway-api/src/main/java/io/tollgate/api/token/TokenVerifier.java",
                "gateway-ratelimit/src/main/java/io/tollgate/ratelimit/KeySelector.java",
                "gateway-ratelimit/src/main/java/io/tollgate/ratelimit/config/RateLimitPolicyFactory.java",
                "gateway-auth/src/main/java/io/tollgate/auth/keys/KeySource.java",
                "gateway-auth/src/main/java/io/tollgate/auth/refresh/RefreshTokenStore.java",
                "gateway-testkit/src/main/java/io/tollgate/testkit/VirtualTime.java",
                "gateway-testkit/src/main/java/io/tollgate/testkit/TestRequest.java",
                "gateway-testkit/src/main/java/io/tollgate/testkit/TestRateLimitContext.java",
                "gateway-testkit/src/main/java/io/tollgate/testkit/ScriptedRateLimiter.java",
                "gateway-testkit/src/main/java/io/tollgate/testkit/FakeUserGateway.java",
                "gateway-testkit/src/main/java/io/tollgate/testkit/FakeOrderGateway.java",
                "gateway-testkit/src/main/java/io/tollgate/testkit/TestAuthority.java",
                "gateway-testkit/src/main/java/io/tollgate/testkit/RateLimiterContract.java",
                "gateway-testkit/src/main/java/io/tollgate/testkit/UserGatewayContract.java",
                "gateway-testkit/src/main/java/io/tollgate/testkit/OrderGatewayContract.java",
                "gateway-auth-testkit/src/main/java/io/tollgate/auth/testkit/TestKeys.java",
                "gateway-auth-testkit/src/main/java/io/tollgate/auth/testkit/TestToken.java",
                "gateway-auth-testkit/src/main/java/io/tollgate/auth/testkit/HostileTokens.java",
                "gateway-auth-testkit/src/main/java/io/tollgate/auth/testkit/JwksServer.java",
                "gateway-auth-testkit/src/main/java/io/tollgate/auth/testkit/TokenServiceContract.java",
                "gateway-auth-testkit/src/main/java/io/tollgate/auth/testkit/RefreshTokenStoreContract.java",
                "gateway-auth-testkit/src/main/java/io/tollgate/auth/testkit/RevokedTokensContract.java")) {
            assertThat(examples(Sources.of(type))).as(type).isNotEmpty();
        }
    }

    private static List<String> examples(String sources) {
        List<String> examples = new ArrayList<>();
        Matcher m = EXAMPLE.matcher(sources);
        while (m.find()) {
            examples.add(MARGIN.matcher(m.group(1)).replaceAll(""));
        }
        return examples;
    }
}
