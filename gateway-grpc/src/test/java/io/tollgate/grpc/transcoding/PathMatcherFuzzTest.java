package io.tollgate.grpc.transcoding;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.List;

class PathMatcherFuzzTest {
    /** All lines but the last are templates, the last is a path; regular expressions are the reference. */
    @FuzzTest
    void matchesAsRegularExpressionsDo(byte[] bytes) {
        String[] lines = new String(bytes, ISO_8859_1).split("\n", -1);
        String path = lines[lines.length - 1];
        PathMatcher.Builder<String> builder = PathMatcher.builder();
        List<String> templates = new ArrayList<>();
        for (int i = 0; i < lines.length - 1; i++) {
            try {
                HttpTemplate template = HttpTemplate.parse(lines[i]);
                if (!template.segments().isEmpty()) {
                    templates.add(lines[i]);
                    builder.add("GET", template, template.shape());
                }
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("expected: ");
            }
        }

        PathMatcher.Match<String> match = builder.build().match("GET", path);

        if (!path.startsWith("/")) {
            assertThat(match).isNull();
        } else if (path.length() > 1) { // A regular expression sees an empty segment in the path without any.
            assertThat(match == null)
                    .as(path)
                    .isEqualTo(PlainSearch.matching(templates, path).isEmpty());
        }
        if (match != null) {
            for (HttpTemplate.Variable variable : match.template().variables()) {
                String captured = match.capture(variable);
                assertThat(path).contains(captured);
                assertThat(captured).doesNotStartWith("/").doesNotEndWith("/");
                if (variable.single()) {
                    assertThat(captured).isNotEmpty().doesNotContain("/");
                }
            }
        }
    }

    /** Decoding changes nothing but escapes, and never makes a separator of several segments. */
    @FuzzTest
    void decodesOnce(byte[] bytes) {
        String path = new String(bytes, ISO_8859_1);

        String whole = Percent.segment(path);
        String kept = Percent.segments(path);

        assertThat(whole == null).isEqualTo(kept == null);
        if (kept != null) {
            assertThat(kept.chars().filter(c -> c == '/').count())
                    .isEqualTo(path.chars().filter(c -> c == '/').count());
            assertThat(kept.replace("%2F", "/").replace("%2f", "/").length()).isLessThanOrEqualTo(path.length());
        }
    }
}
