package io.tollgate.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tollgate.api.GatewayException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathTemplateTest {
    private static final PathTemplate TWO = PathTemplate.of("/a/{x}/b/{y}");

    @Test
    void matchesWholeSegmentsOnly() {
        assertThat(TWO.match("/a/1/b/2")).containsExactly("1", "2");
        assertThat(TWO.match("/a/1%2F2/b/")).containsExactly("1%2F2", "");
        assertThat(TWO.match("/a/1/2/b/3")).isNull();
        assertThat(TWO.match("/a/1/b/2/")).isNull();
        assertThat(TWO.match("/A/1/b/2")).isNull();
    }

    @Test
    void normalizesNoEscapeThatWouldCompleteAMalformedOne() {
        assertThat(PathTemplate.normalize("/%%341")).isEqualTo("/%%341");
        assertThat(PathTemplate.normalize("/%4%31")).isEqualTo("/%4%31");
        assertThat(PathTemplate.normalize("/%4%7a%31")).isEqualTo("/%4z1");
    }

    @Test
    void normalizesEscapesThatNeedNotBeAndNoOthers() {
        assertThat(PathTemplate.normalize("/%61%7E/%2f%25/%4")).isEqualTo("/a~/%2f%25/%4");
    }

    @Test
    void escapesHaveDigitsOfAsciiOnly() {
        String fullWidth = "/%\uff14\uff11";

        assertThat(PathTemplate.normalize(fullWidth)).isEqualTo(fullWidth);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%4", "%zz", "%-1", "%ff", "%c3", "\u012f%41", "\u00e9", "%\uff14\uff11"})
    void whatIsNotPercentEncodedUtf8IsRejected(String segment) {
        assertThatThrownBy(() -> PathTemplate.decode(segment)).isInstanceOf(GatewayException.class);
    }

    @Test
    void decodesUtf8() {
        assertThat(PathTemplate.decode("caf%C3%A9%2F+a")).isEqualTo("caf\u00e9/+a");
        assertThat(PathTemplate.decode("a+b")).isEqualTo("a+b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/admin",
                "/admin/",
                "/a/b.c/..d/...",
                "/.well-known/x",
                "/a+b=c,d@e:f",
                "/caf%C3%A9",
                "/a%20b",
                "/100%25",
                "/%3Fx",
                "/%23",
                "/{id}"
            })
    void aPathThatAllServersSplitAlikeIsCanonical(String path) {
        assertThat(PathTemplate.isCanonical(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "admin",
                "http://host/admin",
                "//admin",
                "/a//admin",
                "/admin//",
                "/.",
                "/..",
                "/./admin",
                "/a/./b",
                "/x/../admin",
                "/admin/.",
                "/admin/..",
                "/admin;x",
                "/admin;x=1/b",
                "/;/admin",
                "/..;/admin",
                "\\admin",
                "/x\\admin",
                "/%61dmin",
                "/%41",
                "/%7a",
                "/%30",
                "/%2e%2e/admin",
                "/.%2E/admin",
                "/%2d",
                "/%5F",
                "/%7E",
                "/admin%2f",
                "/x%2Fadmin",
                "/x%5cadmin",
                "/admin%3Bx",
                "/admin%00",
                "/admin%0a",
                "/admin%1f",
                "/admin%7F",
                "/admin%",
                "/admin%2",
                "/admin%zz",
                "/%%341",
                "/%ff",
                "/%c0%af",
                "/%C3",
                "/\u00e9",
                "/a b",
                "/a\tb",
                "/admin?x",
                "/admin#x",
                "/%\uff14\uff11"
            })
    void aPathThatServersReadDifferentlyIsNotCanonical(String path) {
        assertThat(PathTemplate.isCanonical(path)).isFalse();
    }

    @Test
    void aValueThatLooksLikeAParameterIsNotReplaced() {
        assertThat(TWO.fill("/n/{y}/{x}?{z}", List.of("{y}", "$1\\"))).isEqualTo("/n/$1\\/{y}?{z}");
    }

    @Test
    void pathsOfAnySizeAreJudged() {
        String percents = "%".repeat(1 << 20);
        String slashes = "/".repeat(1 << 17);

        assertThat(PathTemplate.normalize(percents)).isEqualTo(percents);
        assertThat(TWO.match(slashes)).isNull();
        assertThat(TWO.match("/a/" + "1".repeat(1 << 15) + "/b/2")).hasSize(2);
        assertThatThrownBy(() -> PathTemplate.decode(percents)).isInstanceOf(GatewayException.class);
    }
}
