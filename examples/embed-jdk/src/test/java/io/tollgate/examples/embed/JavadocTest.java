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
                "integrations/jdk-httpserver"
            })
    void showsOnlyCodeThatIsCompiled(String module) throws IOException {
        String compiled = Sources.quotable();

        List<String> examples = examples(Sources.of(module + "/src/main/java"));
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
                "gateway-auth/src/main/java/io/tollgate/auth/refresh/RefreshTokenStore.java")) {
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
