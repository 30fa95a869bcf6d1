package io.tollgate.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkDecoderTest {
    @ParameterizedTest
    @CsvSource({
        "'5~hello~0~~', hello",
        "'5~hello~6~ world~0~~', 'hello world'",
        "'A~0123456789~0~~', 0123456789",
        "'0a~0123456789~000~~', 0123456789",
        "'5;name=value~hello~0;last~~', hello",
        "'5 ;a~hello~0~~', hello",
        "'5~hello~0~Trailer: x~Other: y~~', hello",
        "'5~hello~0~Trailer:\t\u00e4~~', hello",
        "'0~~', ''",
        "'6~a~~b~0~~', 'a~~b'",
    })
    void decodesInPiecesOfAnySize(String text, String content) throws IOException {
        String wire = text.replace("~", "\r\n");
        for (int piece = 1; piece <= wire.length(); piece++) {
            ChunkDecoder decoder = new ChunkDecoder();
            assertThat(decode(decoder, wire, piece)).isEqualTo(content.replace("~", "\r\n"));
            assertThat(decoder.isDone()).isTrue();
        }
    }

    @Test
    void leavesWhatFollowsAndWhatDoesNotFit() throws IOException {
        ByteBuffer in = bytes("5\r\nhello\r\n0\r\n\r\nGET /");
        ByteBuffer small = ByteBuffer.allocate(3);
        ByteBuffer rest = ByteBuffer.allocate(9);
        ChunkDecoder decoder = new ChunkDecoder();

        decoder.decode(in, small);
        decoder.decode(in, rest);

        assertThat(text(small) + text(rest)).isEqualTo("hello");
        assertThat(decoder.isDone()).isTrue();
        assertThat(StandardCharsets.ISO_8859_1.decode(in).toString()).isEqualTo("GET /");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "~",
                "~~",
                "zz~",
                "-1~",
                "+1~a~",
                "0x1~a~",
                ";a~",
                " 1~a~",
                "1\na\n0\n\n",
                "1~a\n0~~",
                "1~ab~0~~",
                "1\r\r\na~",
                "1;a\nb~",
                "0~Trailer: x\n\n",
                "0~\r\r",
                "0~Trailer: \0~~",
                "0~Trailer: \u007f~~",
                "1;a=\u0001~a~0~~",
                "1000000000000000~",
                "5\u00e4~hello",
            })
    void refusesWhatIsMalformed(String text) {
        assertThatThrownBy(() -> decode(new ChunkDecoder(), text.replace("~", "\r\n"), 1))
                .isInstanceOf(IOException.class);
    }

    @Test
    void boundsWhatItSkips() {
        String extension = "1;" + "x".repeat(20_000) + "\r\na\r\n";
        String trailers = "0\r\n" + "Trailer: x\r\n".repeat(2_000) + "\r\n";

        assertThatThrownBy(() -> decode(new ChunkDecoder(), extension, 100)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> decode(new ChunkDecoder(), trailers, 100)).isInstanceOf(IOException.class);
    }

    private static String decode(ChunkDecoder decoder, String wire, int piece) throws IOException {
        StringBuilder content = new StringBuilder();
        for (int i = 0; i < wire.length(); i += piece) {
            ByteBuffer in = bytes(wire.substring(i, Math.min(wire.length(), i + piece)));
            ByteBuffer out = ByteBuffer.allocate(1 + i % 3);
            while (in.hasRemaining() && !decoder.isDone()) {
                out.clear();
                decoder.decode(in, out);
                content.append(text(out));
            }
        }
        return content.toString();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String text(ByteBuffer written) {
        return StandardCharsets.ISO_8859_1.decode(written.duplicate().flip()).toString();
    }
}
