package io.tollgate.spring.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.api.guard.RequestGuard;
import io.tollgate.api.ratelimit.RateLimitPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** The starter takes the properties that docs/migrating-from-bucket4j.md shows. */
class MigrationPageTest {
    private static final Path PAGE = Path.of("..", "..", "docs", "migrating-from-bucket4j.md");
    private static final Pattern YAML = Pattern.compile("```yaml\\n(tollgate:.*?)```", Pattern.DOTALL);

    @Test
    void takesThePropertiesOfThePage() throws IOException {
        List<String> shown = YAML.matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult yaml) -> yaml.group(1))
                .toList();
        assertThat(shown).hasSize(1);
        PropertySource<?> properties = new YamlPropertySourceLoader()
                .load("page", new ByteArrayResource(shown.get(0).getBytes(UTF_8)))
                .get(0);

        new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(TollgateAutoConfiguration.class))
                .withInitializer(
                        context -> context.getEnvironment().getPropertySources().addFirst(properties))
                .run(context -> assertThat(context.getBean(RequestGuard.class).policies())
                        .extracting(RateLimitPolicy::name)
                        .containsExactly("api"));
    }
}
