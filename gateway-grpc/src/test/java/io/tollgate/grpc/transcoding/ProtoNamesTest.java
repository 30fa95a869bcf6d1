package io.tollgate.grpc.transcoding;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.tollgate.api.Principal;
import io.tollgate.grpc.Upstream;
import io.tollgate.testkit.TestRequest;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Names in descriptors and settings, which are not those that clients use. */
class ProtoNamesTest {
    /** The proto name of one field may be the JSON name of another. */
    @Test
    void fillsTheFieldOfThatProtoName() throws Exception {
        TestSet set = new TestSet()
                .field(6, "user_id", "userId")
                .field(7, "legacy", "user_id")
                .field(8, "shelf_id", "shelfId")
                .field(9, "former", "shelf_id")
                .method("Swap", "post: '/v1/swap/{shelf_id}' body: '*'");
        Queue<UnknownFieldSet> received = new ConcurrentLinkedQueue<>();
        try (CatalogServer server = new CatalogServer(set.service("Swap", received));
                Upstream upstream = Upstream.builder("test", "127.0.0.1", server.port())
                        .closeTimeout(Duration.ZERO)
                        .build()) {
            Transcoder transcoder = Transcoder.builder(upstream)
                    .descriptors(set.descriptors())
                    .identity("user_id", "principal.user_id")
                    .build();

            TestRequest.post("/v1/swap/path")
                    .withPrincipal(Principal.of("ann"))
                    .withJson("{\"userId\":\"evil\",\"shelfId\":\"evil\",\"name\":\"free\"}")
                    .sendToRoute(transcoder);
        }

        assertThat(received).singleElement().satisfies(message -> {
            assertThat(texts(message, 1)).containsExactly("free");
            assertThat(texts(message, 6)).containsExactly("ann");
            assertThat(texts(message, 7)).isEmpty();
            assertThat(texts(message, 8)).containsExactly("path");
            assertThat(texts(message, 9)).isEmpty();
        });
    }

    private static List<String> texts(UnknownFieldSet message, int number) {
        return message.getField(number).getLengthDelimitedList().stream()
                .map(ByteString::toStringUtf8)
                .toList();
    }
}
