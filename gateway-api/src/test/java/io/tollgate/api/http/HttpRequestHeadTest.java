package io.tollgate.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HttpRequestHeadTest {
    private static final InetAddress PEER = InetAddress.getLoopbackAddress();

    private static HttpRequestHead head(String target) {
        return HttpRequestHead.of("GET", URI.create(target), PEER, name -> null);
    }

    @Test
    void hasTheFactsOfTheServersRequest() {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("accept", List.of("a", "b"));

        HttpRequestHead head = HttpRequestHead.of("POST", URI.create("/a%20b?c=%20d"), PEER, headers::get);

        assertThat(head.method()).isEqualTo("POST");
        assertThat(head.path()).isEqualTo("/a%20b");
        assertThat(head.query()).contains("c=%20d");
        assertThat(head.peer()).isEqualTo(PEER);
        assertThat(head.headers("Accept")).containsExactly("a", "b");
        assertThat(head.header("Accept")).contains("a");
        assertThat(head.headers("Authorization")).isEmpty();
        assertThat(head.header("Authorization")).isEmpty();
    }

    @Test
    void hasThePathOfEveryFormOfTarget() {
        assertThat(head("http://shop.example/a?b").path()).isEqualTo("/a");
        assertThat(head("*").path()).isEqualTo("*");
        assertThat(head("shop.example:443").path()).isEqualTo("shop.example:443");
        assertThat(head("/").query()).isEmpty();
        assertThat(head("/?").query()).contains("");
    }

    @Test
    void readsATargetThatIsNoUri() {
        assertThat(text("//admin").path()).isEqualTo("//admin");
        assertThat(text("/a|b?c={d}?e").path()).isEqualTo("/a|b");
        assertThat(text("/a|b?c={d}?e").query()).contains("c={d}?e");
        assertThat(text("/a?").query()).contains("");
        assertThat(text("/a://b").path()).isEqualTo("/a://b");
        assertThat(text("/a").query()).isEmpty();
    }

    @Test
    void readsEveryFormOfTarget() {
        assertThat(text("http://shop.example/a?b").path()).isEqualTo("/a");
        assertThat(text("http://shop.example//a").path()).isEqualTo("//a");
        assertThat(text("HTTPS://shop.example").path()).isEqualTo("/");
        assertThat(text("http://shop.example?b").path()).isEqualTo("/");
        assertThat(text("http://shop.example?b").query()).contains("b");
        assertThat(text("*").path()).isEqualTo("*");
        assertThat(text("shop.example:443").path()).isEqualTo("shop.example:443");
        assertThat(text("").path()).isEmpty();
    }

    private static HttpRequestHead text(String target) {
        return HttpRequestHead.of("GET", target, PEER, name -> null);
    }

    @Test
    void labelsKnownMethodsWithTheirNameAndAllOthersAlike() {
        assertThat(List.of("GET", "PATCH", "OPTIONS"))
                .allSatisfy(method -> assertThat(method(method).methodLabel()).isEqualTo(method));
        assertThat(List.of("get", "BREW", "_OTHER"))
                .allSatisfy(method -> assertThat(method(method).methodLabel()).isEqualTo("_OTHER"));
    }

    private static HttpRequestHead method(String method) {
        return HttpRequestHead.of(method, URI.create("/"), PEER, name -> null);
    }

    @Test
    void needsAllOfThem() {
        assertThatNullPointerException()
                .isThrownBy(() -> HttpRequestHead.of("GET", URI.create("/"), null, name -> null))
                .withMessage("peer");
    }

    @Test
    void showsNoQuery() {
        assertThat(head("/a?token=secret")).hasToString("HttpRequestHead[GET /a]");
    }

    @Test
    void losesOneSlashAtTheEndOfItsPath() {
        assertThat(text("/a/b/?c=/").withoutTrailingSlash().path()).isEqualTo("/a/b");
        assertThat(text("/a/?c=/").withoutTrailingSlash().query()).contains("c=/");
        assertThat(text("/a").withoutTrailingSlash().path()).isEqualTo("/a");
        assertThat(text("/").withoutTrailingSlash().path()).isEqualTo("/");
    }

    @Test
    void keepsSlashesThatMakeItsPathAmbiguous() {
        for (String path : List.of("/a//", "//", "/a///")) {
            assertThat(text(path).withoutTrailingSlash().path()).isEqualTo(path);
            assertThat(PathTemplate.isCanonical(
                            text(path).withoutTrailingSlash().path()))
                    .isFalse();
        }
    }
}
