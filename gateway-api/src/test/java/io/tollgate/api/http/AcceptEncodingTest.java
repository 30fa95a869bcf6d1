package io.tollgate.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptEncodingTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                              | IDENTITY",
                "gzip                            | GZIP",
                "GZip                            | GZIP",
                "x-gzip                          | GZIP",
                "'gzip, deflate, br, zstd'       | GZIP",
                "'br;q=1.0, gzip;q=0.8, *;q=0.1' | GZIP",
                "' gzip ; q=0.5'                 | GZIP",
                "gzip ;q=0.5                     | GZIP",
                "gzip;q=0                        | IDENTITY",
                "gzip;q=0.000                    | IDENTITY",
                "gzip;q=0.001                    | GZIP",
                "'gzip;q=0, *'                   | IDENTITY",
                "*                               | GZIP",
                "'*;q=0'                         | IDENTITY",
                "'identity, gzip'                | GZIP",
                "'identity;q=0.9, gzip;q=0.5'    | IDENTITY",
                "'identity;q=0.5, gzip;q=0.9'    | GZIP",
                "'gzip;q=0.5, *;q=0.9'           | IDENTITY",
                "'gzip, identity;q=0'            | GZIP_ONLY",
                "'gzip, *;q=0'                   | GZIP_ONLY",
                "'*, identity;q=0'               | GZIP_ONLY",
                "identity;q=0                    | IDENTITY",
                "'identity;q=0, gzip;q=0'        | IDENTITY",
                "deflate                         | IDENTITY",
                "gzipped                         | IDENTITY",
                "gzip;q=2                        | IDENTITY",
                "gzip;q=-1                       | IDENTITY",
                "gzip;q=NaN                      | IDENTITY",
                "gzip;q=high                     | IDENTITY"
            })
    void theHigherWeightWins(String line, AcceptEncoding expected) {
        assertThat(AcceptEncoding.of(List.of(line))).isEqualTo(expected);
    }

    @Test
    void aMissingHeaderMeansTheContentAsItIs() {
        assertThat(AcceptEncoding.of(List.of())).isEqualTo(AcceptEncoding.IDENTITY);
    }

    @Test
    void severalLinesAreOneList() {
        assertThat(AcceptEncoding.of(List.of("br", "identity;q=0", "gzip"))).isEqualTo(AcceptEncoding.GZIP_ONLY);
    }

    @Test
    void moreElementsThanAnyClientHasAreNotRead() {
        assertThat(AcceptEncoding.of(List.of("x,".repeat(48) + "gzip"))).isEqualTo(AcceptEncoding.GZIP);
        assertThat(AcceptEncoding.of(List.of("x,".repeat(60) + "gzip"))).isEqualTo(AcceptEncoding.IDENTITY);
    }
}
