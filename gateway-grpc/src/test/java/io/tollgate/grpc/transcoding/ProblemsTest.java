package io.tollgate.grpc.transcoding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Descriptors and settings that cannot be served. */
class ProblemsTest {
    private static final String SERVICE = "test.binpb: test.proto: test.Service";

    @TempDir
    Path folder;

    private static Transcoder build(TestSet set, Consumer<TranscoderBuilder> settings) {
        TranscoderBuilder builder = Transcoder.builder(new NoChannel()).descriptors(set.descriptors());
        settings.accept(builder);
        return builder.build();
    }

    private static List<String> problems(TestSet set, Consumer<TranscoderBuilder> settings) {
        InvalidTranscodingException invalid =
                catchThrowableOfType(InvalidTranscodingException.class, () -> build(set, settings));
        assertThat(invalid).as("nothing was thrown").isNotNull();
        List<String> lines =
                invalid.problems().stream().map(TranscodingProblem::toString).toList();
        assertThat(invalid).hasMessage(String.join("\n", lines));
        return lines;
    }

    private static List<String> problems(TestSet set) {
        return problems(set, builder -> {});
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "get: '/a/'                                   | template \"/a/\" has the end at character 4",
                "get: ''                                      | template \"\" has the end at character 1",
                "get: '/a/{nothing}'                          | template /a/{nothing} has the variable nothing",
                "get: '/a/{child.nothing}'                    | template /a/{child.nothing} has the variable child.nothing",
                "get: '/a/{name.nothing}'                     | template /a/{name.nothing} has the variable name.nothing",
                "get: '/a/{children.name}'                    | template /a/{children.name} has the variable children.name",
                "get: '/a/{tags}'                             | which is repeated",
                "get: '/a/{child}'                            | which is a message",
                "get: '/a/{pageSize}'                         | template /a/{pageSize} has the variable pageSize",
                "post: '/a' body: 'pageSize'                  | body: pageSize (expected: a field of test.Message, or *)",
                "get: '/a' response_body: 'pageSize'          | response_body: pageSize (expected: a field of test.Message)",
                "post: '/a' body: 'nothing'                   | body: nothing (expected: a field of test.Message, or *)",
                "post: '/a' body: 'child.name'                | body: child.name (expected: a field of test.Message, or *)",
                "get: '/a' response_body: 'nothing'           | response_body: nothing (expected: a field of test.Message)",
                "get: '/a' response_body: '*'                 | response_body: * (expected: a field of test.Message)",
                "selector: 'x'                                | has an HTTP binding without a pattern",
                "custom { kind: '' path: '/a' }               | has the custom kind \"\"",
                "custom { kind: 'A B' path: '/a' }            | has the custom kind \"A B\"",
                "get: '/a' additional_bindings { get: '/b' additional_bindings { get: '/c' } } | has additional_bindings in additional_bindings",
                "get: '/a' additional_bindings { get: '/a' }  | GET /a has the requests of test.Service.Get (GET /a)",
                "get: '/a/{name}' additional_bindings { get: '/{name=a/*}' } | GET /{name=a/*} has the requests of test.Service.Get (GET /a/{name})",
            })
    void namesTheMethodAtFault(String rule, String problem) {
        assertThat(problems(new TestSet().method("Get", rule)))
                .singleElement()
                .asString()
                .startsWith(SERVICE + ".Get: ")
                .contains(problem);
    }

    @Test
    void reportsAllAtOnce() {
        TestSet set = new TestSet()
                .method("A", "get: '/a/{x}' body: 'y' response_body: 'z'")
                .method("B", "get: '/b/' additional_bindings { get: '//' }")
                .method("C", "get: '/c'")
                .method("D", "get: '/c'");

        List<String> problems = problems(
                set,
                builder -> builder.expose("other.Service", "test.Service")
                        .exclude("test.Service.X*")
                        .identity("nothing", "request.id")
                        .identity("tags", "request.id")
                        .rule(MethodRule.builder("test.Service.Y").build()));

        assertThat(problems)
                .hasSize(14)
                .anyMatch(line -> line.startsWith(SERVICE + ".A: template"))
                .anyMatch(line -> line.startsWith(SERVICE + ".A: body"))
                .anyMatch(line -> line.startsWith(SERVICE + ".A: response_body"))
                .anyMatch(line -> line.startsWith(SERVICE + ".B: template \"/b/\""))
                .anyMatch(line -> line.startsWith(SERVICE + ".B: template \"//\""))
                .anyMatch(line -> line.startsWith(SERVICE + ".D: GET /c has the requests of test.Service.C"))
                .anyMatch(line -> line.startsWith(SERVICE + ".C: identity.tags is repeated"))
                .anyMatch(line -> line.startsWith("test.binpb: expose: other.Service"))
                .anyMatch(line -> line.startsWith("test.binpb: exclude: test.Service.X*"))
                .anyMatch(line -> line.startsWith("test.binpb: rules: test.Service.Y"))
                .anyMatch(line -> line.startsWith("test.binpb: identity: nothing"));
    }

    @Test
    void listsThemHoweverManyThereAre() {
        TestSet set = new TestSet();
        for (int i = 0; i < 1_000; i++) {
            set.method("M" + i, "get: '/a/{nothing}'");
        }

        assertThat(problems(set)).hasSize(1_000);
    }

    /** protobuf takes them, and its own code fails on them much later. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                TestSet.KEY,
                TestSet.VALUE,
                TestSet.KEY + TestSet.VALUE
                        + "field { name: 'more' number: 3 type: TYPE_STRING label: LABEL_OPTIONAL }",
                TestSet.KEY + "field { name: 'value' number: 3 type: TYPE_STRING label: LABEL_OPTIONAL }",
                TestSet.KEY + "field { name: 'value' number: 2 type: TYPE_STRING label: LABEL_REPEATED }",
                "field { name: 'key' number: 1 type: TYPE_STRING label: LABEL_REPEATED }" + TestSet.VALUE,
                "field { name: 'key' number: 1 type: TYPE_DOUBLE label: LABEL_OPTIONAL }" + TestSet.VALUE,
                "field { name: 'key' number: 1 type: TYPE_BYTES label: LABEL_OPTIONAL }" + TestSet.VALUE,
                TestSet.KEY + TestSet.ITSELF,
            })
    void rejectsEntriesOfMapsThatAreNone(String fields) {
        assertThat(problems(new TestSet().method("Get", "get: '/a'").map(fields)))
                .singleElement()
                .asString()
                .startsWith("test.binpb: test.proto: ")
                .contains("message test.Holder.MapEntry is no entry of a map (expected: ");
    }

    @Test
    void takesEntriesOfMaps() {
        TestSet set = new TestSet().method("Get", "get: '/a'").map(TestSet.KEY + TestSet.VALUE);
        assertThat(build(set, builder -> {}).routes()).hasSize(1);
    }

    @Test
    void rejectsTwoIdentitiesOfOneField() {
        TestSet set = new TestSet().method("Get", "get: '/a'");

        assertThat(problems(
                        set,
                        builder -> builder.identity("child.page_size", "principal.user_id")
                                .identity("child.pageSize", "principal.claims.tenant")))
                .containsExactly(SERVICE + ".Get: identity.child.pageSize is the field of identity.child.page_size"
                        + " (expected: one of them)");
    }

    @Test
    void checksExposedMethodsOnly() {
        TestSet set = new TestSet().method("Good", "get: '/a'").method("Bad", "get: '/{nothing}'");

        assertThat(problems(set)).hasSize(1);
        assertThat(build(set, builder -> builder.exclude("test.Service.Bad")).routes())
                .extracting(TranscodedRoute::method)
                .containsExactly("test.Service.Good");
        assertThat(problems(set, builder -> builder.exclude("test.Service")))
                .singleElement()
                .asString()
                .contains("has no method with a route");
    }

    @Test
    void rejectsStreamsOfTheClientUnlessTheyAreSkipped() {
        TestSet set = new TestSet()
                .method("Get", "get: '/a'")
                .method("Upload", "post: '/b' body: '*'", true, false)
                .method("Chat", "post: '/c' body: '*'", true, true);

        assertThat(problems(set))
                .hasSize(2)
                .allMatch(line -> line.contains("its client streams (expected: exclude it, or skip_streaming)"));
        assertThat(build(set, builder -> builder.skipStreaming(true)).routes()).hasSize(1);
        assertThat(build(set, builder -> builder.exclude("test.Service.Upload", "test.Service.Chat"))
                        .routes())
                .hasSize(1);
    }

    @Test
    void appliesTheLastRulesOverEarlierOnes() {
        TestSet set = new TestSet()
                .method("GetA", "get: '/a'")
                .method("GetB", "get: '/b'")
                .method("DeleteC", "delete: '/c'");

        List<TranscodedRoute> routes = build(
                        set,
                        builder -> builder.rule(
                                MethodRule.builder("test.**").scopes("read").build(),
                                MethodRule.builder("test.*.Get*")
                                        .auth(Auth.OPTIONAL)
                                        .build(),
                                MethodRule.builder("test.Service.GetB")
                                        .scopes("b")
                                        .build(),
                                MethodRule.builder("*.*.*C")
                                        .deadline(Duration.ofSeconds(1))
                                        .build()))
                .routes();

        assertThat(routes)
                .extracting(route -> route.verb() + " " + route.template() + " " + route.auth() + " " + route.scopes())
                .containsExactly("GET /a OPTIONAL []", "GET /b REQUIRED [b]", "DELETE /c REQUIRED [read]");
    }

    @Test
    void findsTheSameRequestsInTwoSets() {
        Transcoder one = build(new TestSet().method("One", "get: '/a/{name}'"), builder -> {});
        Transcoder two = build(new TestSet().method("Two", "get: '/a/{page_size}'"), builder -> {});
        Transcoder three = build(new TestSet().method("Three", "post: '/a/{name}'"), builder -> {});

        assertThatThrownBy(() -> Transcoder.of(List.of(one, two)))
                .isInstanceOf(InvalidTranscodingException.class)
                .hasMessageStartingWith(SERVICE + ".Two: GET /a/{page_size} has the requests of test.Service.One");
        assertThat(Transcoder.of(List.of(one, three)).routes()).hasSize(2);
    }

    @Test
    void needsTheImportsOfWhatItServes() {
        TestSet broken = new TestSet().method("Get", "get: '/a'").importing("missing.proto");
        assertThat(problems(broken))
                .containsExactly("test.binpb: test.proto: test.Service: imports missing.proto, which is not in the set"
                        + " (expected: a set with its imports: protoc --include_imports, or buf build)");

        TestSet unused = new TestSet()
                .method("Get", "get: '/a'")
                .with(TestSet.file("name: 'unused.proto' dependency: 'missing.proto'")
                        .build());
        assertThat(build(unused, builder -> {}).routes()).hasSize(1);
    }

    @Test
    void namesTheFileWhoseImportIsMissing() {
        TestSet broken = new TestSet()
                .method("Get", "get: '/a'")
                .importing("between.proto")
                .with(TestSet.file("name: 'between.proto' dependency: 'missing.proto'")
                        .build());

        assertThat(problems(broken))
                .singleElement()
                .asString()
                .startsWith("test.binpb: between.proto: test.Service: imports missing.proto");
    }

    @Test
    void hasTheCommonFilesOfGoogle() {
        TestSet set = new TestSet()
                .method("Get", "get: '/a'")
                .importing("google/api/annotations.proto")
                .importing("google/protobuf/timestamp.proto")
                .importing("google/rpc/status.proto")
                .importing("google/type/money.proto")
                .importing("google/longrunning/operations.proto");

        assertThat(build(set, builder -> {}).routes()).hasSize(1);
    }

    @Test
    void rejectsFilesThatImportEachOther() {
        TestSet set = new TestSet()
                .method("Get", "get: '/a'")
                .importing("other.proto")
                .with(TestSet.file("name: 'other.proto' dependency: 'test.proto'")
                        .build());

        assertThat(problems(set)).singleElement().asString().contains("is imported by a file that it imports");
    }

    @Test
    void rejectsAFileThatIsThereTwice() {
        TestSet same = new TestSet().method("Get", "get: '/a'");
        for (int i = 0; i < 2; i++) {
            same.with(TestSet.file("name: 'same.proto'").build());
        }
        assertThat(build(same, builder -> {}).routes()).hasSize(1);

        TestSet other =
                same.with(TestSet.file("name: 'same.proto' package: 'p'").build());
        assertThatThrownBy(other::descriptors)
                .isInstanceOf(InvalidTranscodingException.class)
                .hasMessage("test.binpb: same.proto: is in the set twice, with different content (expected: once)");
    }

    @Test
    void rejectsAServiceThatIsThereTwice() {
        TestSet set = new TestSet()
                .method("Get", "get: '/a'")
                .with(TestSet.file("name: 'copy.proto' package: 'test' service { name: 'Service' }")
                        .build());

        assertThat(problems(set, builder -> builder.expose("test.Service")))
                .containsExactly("test.binpb: copy.proto: test.Service: is defined in test.proto too (expected: once)");
    }

    @Test
    void rejectsAFileThatProtobufRejects() {
        TestSet set = new TestSet()
                .method("Get", "get: '/a'")
                .with(TestSet.file("name: 'x.proto'").build())
                .importing("x.proto")
                .importing("bad.proto")
                .with(TestSet.file("name: 'bad.proto' message_type { name: 'A' } message_type { name: 'A' }")
                        .build());

        assertThat(problems(set))
                .singleElement()
                .asString()
                .startsWith("test.binpb: bad.proto: test.Service: cannot be used: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"syntax = \"proto3\";", "{}", "\n\177", "\0", "hello"})
    void rejectsWhatIsNoSet(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("library.proto"), content, UTF_8);

        assertThatThrownBy(() -> ServiceDescriptors.read(file))
                .isInstanceOf(InvalidTranscodingException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining("(expected: a FileDescriptorSet");
    }

    @Test
    void rejectsAnEmptySetAndAMissingFile() {
        assertThatThrownBy(() -> ServiceDescriptors.of("x", new byte[0]))
                .isInstanceOf(InvalidTranscodingException.class)
                .hasMessageStartingWith("x: is empty");
        assertThatThrownBy(() -> ServiceDescriptors.read(folder.resolve("none")))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ServiceDescriptors.read(folder)).isInstanceOf(IOException.class);
    }

    @Test
    void rejectsASetThatIsCutOff() {
        byte[] bytes = new TestSet().method("Get", "get: '/a'").bytes();

        for (int length = 1; length < bytes.length; length += 7) {
            byte[] cut = java.util.Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> ServiceDescriptors.of("cut", cut))
                    .as("%d of %d bytes", cut.length, bytes.length)
                    .isInstanceOf(InvalidTranscodingException.class);
        }
    }

    @Test
    void rejectsSettingsThatCannotBeRight() {
        TranscoderBuilder builder = Transcoder.builder(new NoChannel());

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("descriptors");
        for (String name : List.of("", ".", "a..b", "a.**.b", "**a", "a b", "a/b", "a.")) {
            assertThatThrownBy(() -> MethodRule.builder(name))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("method: \"" + name + "\"");
        }
        for (String source : List.of("", "principal", "principal.claims.", "request.path", "principal.user_id ")) {
            assertThatThrownBy(() -> builder.identity("user_id", source))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("identity.user_id: " + source);
        }
        for (String header : List.of(
                "Connection",
                "TE",
                "Host",
                "grpc-timeout",
                "x-bin",
                "Authorization",
                "X-Request-Id",
                "a b",
                "",
                "ü",
                "Content-Type",
                "Proxy-Authorization",
                "a:b",
                ":path")) {
            assertThatThrownBy(() -> builder.forwardHeaders(header))
                    .as(header)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("forwardHeaders: " + header);
        }
        assertThatThrownBy(() -> builder.deadline(Duration.ZERO)).hasMessageStartingWith("deadline: PT0S");
        assertThatThrownBy(() -> builder.maxBodySize(-1)).hasMessageStartingWith("maxBodySize: -1");
        assertThatThrownBy(() ->
                        MethodRule.builder("a.B.C").auth(Auth.NONE).scopes("x").build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("auth: NONE beside scopes of a.B.C");
    }

    /** No request is sent in these tests. */
    private static final class NoChannel extends Channel {
        @Override
        public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
            throw new AssertionError(method);
        }

        @Override
        public String authority() {
            return "nowhere";
        }
    }
}
