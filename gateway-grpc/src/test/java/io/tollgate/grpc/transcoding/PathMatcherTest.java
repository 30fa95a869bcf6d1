package io.tollgate.grpc.transcoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Routes are named by their verb and template; {@code GET} may be left out. */
class PathMatcherTest {
    /** The paths that a template has, and those that it has not. */
    @TestFactory
    List<DynamicTest> findsOneTemplate() {
        return List.of(
                template("/", has("/"), hasNot("", "a", "//", "/a", "*", "http://a/")),
                template("/a", has("/a"), hasNot("/", "/a/", "//a", "/b", "/a/b", "/A", "/%61", "a", "/a:v", "/a?")),
                template("/a/b", has("/a/b"), hasNot("/a", "/b", "/a//b", "/a/b/", "/a/b/c", "/a%2Fb")),
                template("/*", has("/a", "/a:b", "/%2F", "/.", "/.."), hasNot("/", "/a/b", "/a/", "//")),
                template("/a/*", has("/a/b", "/a/%2F", "/a/b:c"), hasNot("/a", "/a/", "/a/b/c", "/a/b/", "/b/a")),
                template("/**", has("/", "/a", "/a/b", "/a/b/c", "/a:b"), hasNot("//", "/a/", "/a//b", "", "a")),
                template("/a/**", has("/a", "/a/b", "/a/b/c/d"), hasNot("/", "/a/", "/a/b/", "/a//b", "/ab", "/b/a")),
                template("/a/**/z", has("/a/z", "/a/b/z", "/a/z/z", "/a/z/b/z"), hasNot("/a", "/z", "/a/z/b", "/a/z/")),
                template("/**/z", has("/z", "/a/z", "/z/z", "/a/b/z"), hasNot("/", "/z/a", "/z/")),
                template("/**/y/*", has("/y/a", "/a/y/b", "/y/y/y"), hasNot("/y", "/y/a/b", "/a/b")),
                template("/a/**/y/*/z", has("/a/y/b/z", "/a/b/c/y/d/z"), hasNot("/a/y/z", "/a/b/y/z", "/a/y/b/c/z")),
                template("/a:v", has("/a:v"), hasNot("/a", "/a:", "/a:w", "/a:v/", "/a/b:v", "/a%3Av", "/a:v:v")),
                template(
                        "/*:v",
                        has("/a:v", "/a:b:v", "/::v"),
                        hasNot("/:v", "/a", "/a:v:w", "/a/b:v", "/a%3av", "/a:V")),
                template("/a/**:v", has("/a:v", "/a/b:v", "/a/b/c:v"), hasNot("/a/:v", "/a/b", "/a:v/b", "/:v")),
                template("/**:v", has("/a:v", "/a/b:v"), hasNot("/:v", "/", "/a/b")),
                template("/{x}", has("/a"), hasNot("/", "/a/b")),
                template("/{x=a/*}/c", has("/a/b/c"), hasNot("/a/c", "/b/b/c")),
                template("/%20a", has("/%20a"), hasNot("/ a", "/%20A", "/+a")),
                template("/a%2fb", has("/a%2fb"), hasNot("/a%2Fb", "/a/b")));
    }

    private static DynamicTest template(String template, List<String> has, List<String> hasNot) {
        return DynamicTest.dynamicTest(template, () -> {
            PathMatcher<String> matcher = matcher(template);
            assertThat(has)
                    .allSatisfy(path -> assertThat(found(matcher, "GET", path)).isEqualTo(template));
            assertThat(hasNot)
                    .allSatisfy(path -> assertThat(found(matcher, "GET", path)).isNull());
        });
    }

    private static List<String> has(String... paths) {
        return List.of(paths);
    }

    private static List<String> hasNot(String... paths) {
        return List.of(paths);
    }

    /** Templates, then paths with the template that wins. */
    @TestFactory
    List<DynamicTest> prefersTheMostPrecise() {
        return List.of(
                table("/a /* /**", "/a=/a /b=/* /a/b=/** /=/**"),
                table("/a/** /a", "/a=/a /a/b=/a/**"),
                table("/a/b /a/* /*/b", "/a/b=/a/b /a/c=/a/* /c/b=/*/b /c/c=-"),
                table("/a/*/c /a/b/*", "/a/b/c=/a/b/* /a/x/c=/a/*/c /a/x/d=-"),
                table("/a/b/c /a/*/d /*/b/e /**", "/a/b/c=/a/b/c /a/b/d=/a/*/d /a/b/e=/*/b/e /a/b/f=/**"),
                table("/a/b/c/d /a/**/x /*/b/c/x", "/a/b/c/x=/a/**/x /z/b/c/x=/*/b/c/x"),
                table("/a/** /a/**/z", "/a=/a/** /a/z=/a/**/z /a/b/z=/a/**/z /a/z/b=/a/**"),
                table("/**/z /**/y/z /**", "/z=/**/z /y/z=/**/y/z /x/y/z=/**/y/z /x/z=/**/z /x=/**"),
                table("/a/* /a/**", "/a/b=/a/* /a=/a/** /a/b/c=/a/**"),
                table("/*/** /a/**", "/a=/a/** /a/b/c=/a/** /b=/*/** /b/c=/*/**"),
                table("/a/*:v /a/* /a/b", "/a/b:v=/a/*:v /a/b=/a/b /a/c=/a/* /a/c:w=/a/*"),
                table("/a/b /**:v", "/a/b=/a/b /a/b:v=/**:v /a/b:w=-"),
                table("/a/b:v /a/*:v /a/**:v", "/a/b:v=/a/b:v /a/c:v=/a/*:v /a/b/c:v=/a/**:v /a:v=/a/**:v"),
                table("/a/*:v /a/*/*", "/a/b:v=/a/*:v /a/b:v/c=/a/*/* /a/b/c:v=/a/*/*"),
                table("/{x=a/*} /{y}/b", "/a/b=/{x=a/*} /c/b=/{y}/b"),
                table(
                        "/v1/{n=s/*} /v1/{n=s/*/b/*} /v1/{n=s/**}",
                        "/v1/s/1=/v1/{n=s/*} /v1/s/1/b/2=/v1/{n=s/*/b/*} /v1/s/1/c/2=/v1/{n=s/**} /v1/s=/v1/{n=s/**}"));
    }

    private static DynamicTest table(String templates, String expected) {
        return DynamicTest.dynamicTest(templates, () -> {
            List<String> inOrder = new ArrayList<>(List.of(templates.split(" ")));
            Random random = new Random(7);
            for (int i = 0; i < 5; i++) { // The order of the templates does not matter.
                PathMatcher<String> matcher = matcher(inOrder.toArray(String[]::new));
                for (String line : expected.split(" ")) {
                    int equals = line.indexOf('=');
                    String wanted = line.substring(equals + 1);
                    assertThat(found(matcher, "GET", line.substring(0, equals)))
                            .as(line)
                            .isEqualTo(wanted.equals("-") ? null : wanted);
                }
                java.util.Collections.shuffle(inOrder, random);
            }
        });
    }

    @TestFactory
    List<DynamicTest> capturesVariables() {
        return List.of(
                captures("/{x}", "/a", "a"),
                captures("/{x}", "/a%2Fb%zz", "a%2Fb%zz"),
                captures("/{x}/b/{y}", "/1/b/2", "1 2"),
                captures("/v1/{n=s/*/b/*}", "/v1/s/1/b/2", "s/1/b/2"),
                captures("/v1/{n=s/**}", "/v1/s/1/b/2", "s/1/b/2"),
                captures("/v1/{n=s/**}", "/v1/s", "s"),
                captures("/v1/{n=**}", "/v1", ""),
                captures("/v1/{n=**}", "/v1/a", "a"),
                captures("/{n=**}", "/", ""),
                captures("/{n=**}/{x}", "/a/b/c", "a/b c"),
                captures("/{n=**}/{x}", "/c", " c"),
                captures("/{a}/{n=**}/{b}/{c}", "/1/2/3/4/5", "1 2/3 4 5"),
                captures("/{a}/{n=**}/{b}/{c}", "/1/2/3", "1  2 3"),
                captures("/{n=a/**/z}/y/{x}", "/a/1/2/z/y/3", "a/1/2/z 3"),
                captures("/{n=a/**/z}/y/{x}", "/a/z/y/3", "a/z 3"),
                captures("/**/{n=a/*}", "/1/2/a/3", "a/3"),
                captures("/**/{n=a/*}", "/a/3", "a/3"),
                captures("/{x}:v", "/a:v", "a"),
                captures("/{x}:v", "/a:b:v", "a:b"),
                captures("/{n=a/**}:v", "/a/b/c:v", "a/b/c"),
                captures("/{n=a/**}:v", "/a:v", "a"),
                captures("/{x}", "/a:v", "a:v"),
                captures("/{x}", "/a%3Av", "a%3Av"));
    }

    private static DynamicTest captures(String template, String path, String values) {
        return DynamicTest.dynamicTest(template + " " + path, () -> {
            PathMatcher.Match<String> match = matcher(template).match("GET", path);
            assertThat(match).isNotNull();
            assertThat(match.template().variables().stream().map(match::capture).collect(Collectors.joining(" ")))
                    .isEqualTo(values);
        });
    }

    @Test
    void searchesEachMethodByItself() {
        PathMatcher<String> matcher = matcher("GET /a/b", "POST /a/*", "DELETE /**", "PATCH /a/b:v");

        assertThat(found(matcher, "GET", "/a/b")).isEqualTo("GET /a/b");
        assertThat(found(matcher, "POST", "/a/b")).isEqualTo("POST /a/*");
        assertThat(found(matcher, "DELETE", "/a/b")).isEqualTo("DELETE /**");
        assertThat(found(matcher, "PUT", "/a/b")).isNull();
        assertThat(found(matcher, "get", "/a/b"))
                .as("methods are case-sensitive")
                .isNull();
        assertThat(matcher.methods("/a/b")).containsExactly("DELETE", "GET", "HEAD", "POST");
        assertThat(matcher.methods("/a/b:v")).containsExactly("DELETE", "PATCH", "POST");
        assertThat(matcher.methods("/x")).containsExactly("DELETE");
        assertThat(matcher.methods("/x/")).isEmpty();
    }

    @Test
    void findsHeadWhereGetIs() {
        PathMatcher<String> matcher = matcher("GET /a", "GET /b", "HEAD /b", "HEAD /*");

        assertThat(found(matcher, "HEAD", "/a")).isEqualTo("GET /a");
        assertThat(found(matcher, "HEAD", "/b")).isEqualTo("HEAD /b");
        assertThat(found(matcher, "HEAD", "/c")).isEqualTo("HEAD /*");
        assertThat(found(matcher, "GET", "/c")).isNull();
    }

    @Test
    void givesAnyMethodWhatNoOtherBindingOfTheTemplateTakes() {
        PathMatcher<String> matcher = matcher("* /a/{x}", "GET /a/{y}", "POST /a/b", "* /c/**", "PUT /c/d");

        assertThat(found(matcher, "GET", "/a/b")).isEqualTo("GET /a/{y}");
        assertThat(found(matcher, "HEAD", "/a/b")).isEqualTo("GET /a/{y}");
        assertThat(found(matcher, "POST", "/a/b")).isEqualTo("POST /a/b");
        assertThat(found(matcher, "POST", "/a/c")).isEqualTo("* /a/{x}");
        assertThat(found(matcher, "LIST", "/a/b")).isEqualTo("* /a/{x}");
        assertThat(found(matcher, "PUT", "/c/d")).isEqualTo("PUT /c/d");
        assertThat(found(matcher, "PUT", "/c/e")).isEqualTo("* /c/**");
        assertThat(found(matcher, "OPTIONS", "/c")).isEqualTo("* /c/**");
    }

    @Test
    void reportsTheRouteThatHasTheRequestsAlready() {
        PathMatcher.Builder<String> builder = PathMatcher.builder();

        assertThat(builder.add("GET", HttpTemplate.parse("/a/{x=b/*}"), "first"))
                .isNull();
        assertThat(builder.add("GET", HttpTemplate.parse("/a/b/{y}"), "second")).isEqualTo("first");
        assertThat(builder.add("PUT", HttpTemplate.parse("/a/b/{y}"), "third")).isNull();
        assertThat(builder.add("GET", HttpTemplate.parse("/a/b/{y}:v"), "fourth"))
                .isNull();
        assertThat(found(builder.build(), "GET", "/a/b/c")).isEqualTo("first");
    }

    /** Each of 2 to the power of 12 templates begins as the path does, which is the most that a search can see. */
    @Test
    void visitsNoMoreThanTheTemplatesHowLongSoEverThePath() {
        PathMatcher.Builder<String> builder = PathMatcher.builder();
        for (int bits = 0; bits < 1 << 12; bits++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 12; i++) {
                text.append((bits >> i & 1) == 0 ? "/a" : "/*");
            }
            builder.add("GET", HttpTemplate.parse(text + "/**/z"), text.toString());
        }
        PathMatcher<String> matcher = builder.build();

        assertThat(found(matcher, "GET", "/a".repeat(30_000))).isNull();
        assertThat(found(matcher, "GET", "/a".repeat(30_000) + "/z")).isEqualTo("/a".repeat(12));
    }

    /** Against a search that knows nothing of tries. */
    @Test
    void agreesWithAPlainSearch() {
        long seed = System.nanoTime();
        System.out.println("PathMatcherTest.agreesWithAPlainSearch: seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            List<String> templates = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(8); i++) {
                templates.add(PlainSearch.randomTemplate(random));
            }
            PathMatcher<String> matcher = matcher(templates.toArray(String[]::new));
            for (int i = 0; i < 20; i++) {
                String path = PlainSearch.randomPath(random);
                String found = found(matcher, "GET", path);
                List<String> matching = PlainSearch.matching(templates, path);
                assertThat(found == null)
                        .as("%s in %s (seed %s)", path, templates, seed)
                        .isEqualTo(matching.isEmpty());
                if (found != null) {
                    assertThat(PlainSearch.best(matching))
                            .as("%s in %s (seed %s)", path, templates, seed)
                            .isEqualTo(HttpTemplate.parse(found).shape());
                }
            }
        }
    }

    private static PathMatcher<String> matcher(String... routes) {
        PathMatcher.Builder<String> builder = PathMatcher.builder();
        for (String route : routes) {
            int space = route.indexOf(' ');
            String verb = space < 0 ? "GET" : route.substring(0, space);
            builder.add(verb, HttpTemplate.parse(route.substring(space + 1)), route);
        }
        return builder.build();
    }

    private static String found(PathMatcher<String> matcher, String method, String path) {
        PathMatcher.Match<String> match = matcher.match(method, path);
        return match == null ? null : match.route();
    }
}
