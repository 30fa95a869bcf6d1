package io.tollgate.api.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tollgate.api.GatewayException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

class PathTemplateFuzzTest {
    private static final Pattern PARAMETER = Pattern.compile("\\{[^}]*}");

    /** The first line is a template, the second a path; a regular expression is the reference. */
    @FuzzTest
    void matchesAsARegularExpressionDoes(byte[] bytes) {
        String[] lines = new String(bytes, ISO_8859_1).split("\n", 2);
        PathTemplate template;
        try {
            template = PathTemplate.of(lines[0]);
        } catch (IllegalArgumentException e) {
            return;
        }
        String path = lines.length < 2 ? "" : lines[1];

        List<String> values = template.match(path);

        Matcher reference = reference(lines[0]).matcher(path);
        assertThat(values != null).as(path).isEqualTo(reference.matches());
        if (values != null) {
            MatchResult found = reference.toMatchResult();
            for (int i = 0; i < values.size(); i++) {
                assertThat(values.get(i)).isEqualTo(found.group(i + 1)).doesNotContain("/");
            }
            assertThat(template.fill(lines[0], values)).isEqualTo(path);
        }
    }

    /** A second normalization changes nothing, and neither changes what the path means. */
    @FuzzTest
    void normalizesToTheSamePath(byte[] bytes) {
        String path = new String(bytes, ISO_8859_1);

        String normal = PathTemplate.normalize(path);

        assertThat(PathTemplate.normalize(normal)).isEqualTo(normal);
        assertThat(normal.chars().filter(c -> c == '/').count())
                .isEqualTo(path.chars().filter(c -> c == '/').count());
        assertThat(decoded(normal)).isEqualTo(decoded(path));
    }

    /** The JDK finds the same segments in a canonical path, whatever it undoes first: escapes, dots, or both. */
    @FuzzTest
    void aCanonicalPathIsReadInOneWay(byte[] bytes) {
        String path = new String(bytes, ISO_8859_1);
        if (!PathTemplate.isCanonical(path)) {
            return;
        }

        assertThat(PathTemplate.normalize(path)).isEqualTo(path);
        assertThat(Path.of(path).normalize()).asString().isIn(path, path.substring(0, path.length() - 1));
        String decoded = decoded(path);
        assertThat(decoded.chars().filter(c -> c == '/').count())
                .isEqualTo(path.chars().filter(c -> c == '/').count());
        assertThat(decoded).doesNotContain(";", "\\", "\0", "//", "/../", "/./");
    }

    /** What can be decoded is what the JDK decodes; what was encoded comes back. */
    @FuzzTest
    void decodesAsTheJdkDoes(byte[] bytes) {
        String segment = new String(bytes, ISO_8859_1);
        String decoded = decoded(segment);
        if (decoded != null) {
            assertThat(decoded).isEqualTo(URLDecoder.decode(segment.replace("+", "%2B"), UTF_8));
        }

        String text = new String(bytes, UTF_8);
        assertThat(PathTemplate.decode(URLEncoder.encode(text, UTF_8).replace("+", "%20")))
                .isEqualTo(text);
    }

    private static String decoded(String segment) {
        try {
            return PathTemplate.decode(segment);
        } catch (GatewayException e) {
            return null;
        }
    }

    private static Pattern reference(String template) {
        StringBuilder regex = new StringBuilder();
        int from = 0;
        Matcher parameter = PARAMETER.matcher(template);
        while (parameter.find()) {
            regex.append(Pattern.quote(template.substring(from, parameter.start())))
                    .append("([^/]*)");
            from = parameter.end();
        }
        return Pattern.compile(
                regex.append(Pattern.quote(template.substring(from))).toString(), Pattern.DOTALL);
    }
}
