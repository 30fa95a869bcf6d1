package io.tollgate.spring.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** The text that someone reads who mistypes a property. */
class InvalidPropertiesTest {
    private static final String SECRET = "hunter2-hunter2";

    private final WebApplicationContextRunner runner =
            new WebApplicationContextRunner().withConfiguration(AutoConfigurations.of(TollgateAutoConfiguration.class));

    @Test
    void explainsAllWrongPropertiesAtOnceWithTheirOriginsAndWithoutSecrets() {
        String description = description("""
                tollgate.rate-limit.policies[0].name=default
                tollgate.rate-limit.policies[0].limits=many
                tollgate.rate-limit.polices[0].name=x
                tollgate.rate-limit.replicas=0
                tollgate.redis.url=redis://:hunter2-hunter2@host:port
                tollgate.redis.deadline=soon
                tollgate.jwt.secret=hunter2-hunter2
                tollgate.errors.format=xml
                tollgate.trusted-proxies=10.0.0.0/8,everyone
                tollgate.routes[0].path=tickets
                tollgate.routes[1].path=/a/{
                tollgate.routes[2].path=/b
                tollgate.routes[2].access=open
                tollgate.routes[2].scopes=read
                tollgate.operations.path=/ops
                """);

        assertThat(description.lines().map(String::strip))
                .contains(
                        "tollgate.redis.deadline: soon (expected: a duration such as 50ms, 10s or 5m), set in"
                                + " test.properties - 6:25",
                        "tollgate.errors.format: xml (expected: envelope, problem, negotiated), set in test.properties -"
                                + " 8:24")
                .anyMatch(line -> line.startsWith("tollgate.rate-limit.policies[0].limits: many (expected: "))
                .anyMatch(line -> line.startsWith("tollgate.rate-limit.polices[0].name: unknown property"))
                .anyMatch(line -> line.startsWith("tollgate.rate-limit.replicas: "))
                .anyMatch(line -> line.startsWith("tollgate.redis.url: "))
                .anyMatch(line -> line.startsWith("tollgate.jwt.secret: too short (expected: at least 32 bytes)"))
                .anyMatch(line -> line.startsWith("tollgate.trusted-proxies[1]: "))
                .anyMatch(line -> line.startsWith("tollgate.routes[0].path: tickets (expected: "))
                .anyMatch(line -> line.startsWith("tollgate.routes[1].path: /a/{ (expected: "))
                .anyMatch(line -> line.startsWith("tollgate.routes[2].access: open (expected: token"))
                .anyMatch(line -> line.startsWith("tollgate.operations.token: unset (expected: "));
        assertThat(description).startsWith("12 properties").doesNotContain(SECRET);
    }

    @Test
    void rejectsARequirementThatNothingCanMeet() {
        runner.withPropertyValues("tollgate.routes[0].path=/x", "tollgate.routes[0].roles=admin")
                .run(context -> {
                    TollgateSettings settings = context.getBean(TollgateSettings.class);

                    settings.requireUsers(true);
                    assertThatExceptionOfType(InvalidPropertiesException.class)
                            .isThrownBy(() -> settings.requireUsers(false))
                            .withMessageContaining("tollgate.routes[0]: needs a user (expected: tollgate.jwt.secret");
                });
    }

    private String description(String properties) {
        Throwable[] failure = new Throwable[1];
        runner.withInitializer(
                        context -> context.getEnvironment().getPropertySources().addFirst(source(properties)))
                .run(context -> failure[0] = context.getStartupFailure());
        assertThat(failure[0]).isNotNull();
        FailureAnalysis analysis = new InvalidPropertiesAnalyzer().analyze(failure[0]);
        assertThat(analysis).as("of %s", failure[0]).isNotNull();
        return analysis.getDescription();
    }

    private static PropertySource<?> source(String properties) {
        try {
            return new PropertiesPropertySourceLoader()
                    .load("test", new ByteArrayResource(properties.getBytes(UTF_8)) {
                        @Override
                        public String getDescription() {
                            return "test.properties";
                        }

                        @Override
                        public String toString() {
                            return "test.properties";
                        }
                    })
                    .get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
