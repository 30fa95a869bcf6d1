package io.tollgate.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.protocols.http2.HpackEncoder;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HpackDecoderTest {
    private final HpackDecoder decoder = new HpackDecoder();

    private List<String> decode(ByteBuffer section) throws Http2Exception {
        List<String> fields = new ArrayList<>();
        decoder.decode(section, (name, value) -> fields.add(name + ": " + value));
        return fields;
    }

    private List<String> decode(String hex) throws Http2Exception {
        return decode(ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", ""))));
    }

    /** RFC 7541, appendix C.4. */
    @Test
    void decodesTheExamplesOfTheStandard() throws Exception {
        assertThat(decode("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff"))
                .containsExactly(":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com");
        assertThat(decode("8286 84be 5886 a8eb 1064 9cbf"))
                .containsExactly(
                        ":method: GET",
                        ":scheme: http",
                        ":path: /",
                        ":authority: www.example.com",
                        "cache-control: no-cache");
        assertThat(decode("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"))
                .containsExactly(
                        ":method: GET",
                        ":scheme: https",
                        ":path: /index.html",
                        ":authority: www.example.com",
                        "custom-key: custom-value");
    }

    /** RFC 7541, appendix C.5, whose table of 256 bytes evicts. */
    @Test
    void evictsTheOldestEntriesOfItsTable() throws Exception {
        assertThat(decode("3f e1 01"
                        + "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32"
                        + " 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d"))
                .hasSize(4);
        assertThat(decode("4803 3330 37c1 c0bf"))
                .containsExactly(
                        ":status: 307",
                        "cache-control: private",
                        "date: Mon, 21 Oct 2013 20:13:21 GMT",
                        "location: https://www.example.com");
    }

    @Test
    void decodesWhatAnotherEncoderEncodes() throws Exception {
        long seed = System.nanoTime();
        System.out.println("HpackDecoderTest: seed " + seed);
        Random random = new Random(seed);
        HpackEncoder encoder = new HpackEncoder(HpackDecoder.MAX_TABLE);
        for (int round = 0; round < 2_000; round++) {
            HeaderMap headers = new HeaderMap();
            List<String> expected = new ArrayList<>();
            for (int i = random.nextInt(20); i >= 0; i--) {
                String name = "name-" + random.nextInt(40);
                String value = "v".repeat(random.nextInt(60)) + random.nextInt(5);
                headers.add(new HttpString(name), value);
                expected.add(name + ": " + value);
            }
            ByteBuffer section = ByteBuffer.allocate(16_384);
            assertThat(encoder.encode(headers, section)).isEqualTo(HpackEncoder.State.COMPLETE);

            assertThat(decode(section.flip())).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void rejectsOrDecodesAnyBytes() {
        long seed = System.nanoTime();
        System.out.println("HpackDecoderTest: seed " + seed);
        Random random = new Random(seed);
        int rejected = 0;
        for (int round = 0; round < 100_000; round++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            try {
                decode(ByteBuffer.wrap(bytes));
            } catch (Http2Exception e) {
                rejected++;
                assertThat(e.error()).isEqualTo(Http2Error.COMPRESSION_ERROR);
            }
        }
        assertThat(rejected).isPositive();
    }
}
