package io.tollgate.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.web.servlet.context.AnnotationConfigServletWebApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

/** The resources that a native image keeps. */
class RuntimeHintsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "io/tollgate/ratelimit/token_bucket.lua",
                "io/tollgate/ratelimit/token_bucket_windows.lua",
                "io/tollgate/ratelimit/token_bucket_refund.lua",
                "io/tollgate/operations/live/live.html",
                "io/tollgate/operations/live/app.js"
            })
    void keepsScriptsAndPages(String resource) {
        assertThat(getClass().getClassLoader().getResource(resource)).isNotNull();
        RuntimeHints hints = new RuntimeHints();

        new TollgateRuntimeHints().registerHints(hints, getClass().getClassLoader());

        assertThat(RuntimeHintsPredicates.resource().forResource(resource)).accepts(hints);
    }

    @Test
    void bindsPropertiesWithoutReflectionThatNobodyNamed() {
        AnnotationConfigServletWebApplicationContext context = new AnnotationConfigServletWebApplicationContext();
        context.register(TollgateAutoConfiguration.class);
        DefaultGenerationContext generation = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get("io.tollgate.spring.boot", "Generated")),
                new InMemoryGeneratedFiles());

        new ApplicationContextAotGenerator().processAheadOfTime(context, generation);

        RuntimeHints hints = generation.getRuntimeHints();
        for (Class<?> type : List.of(
                TollgateProperties.class,
                TollgateProperties.Route.class,
                TollgateProperties.Operations.class,
                RateLimitProperties.class,
                RedisProperties.class,
                JwtProperties.class)) {
            assertThat(RuntimeHintsPredicates.reflection().onType(type))
                    .as(type.getSimpleName())
                    .accepts(hints);
        }
        assertThat(RuntimeHintsPredicates.resource().forResource("io/tollgate/ratelimit/token_bucket.lua"))
                .as("imported by the configuration")
                .accepts(hints);
    }
}
