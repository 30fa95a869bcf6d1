package io.tollgate.runner.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.runner.Gateway;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code server.http.client_address_header}, as clients behind a proxy see it: by whose bucket they empty. */
class ClientAddressHeaderTest {
    /** Two requests, of which the second has the header that is given; each address may make one. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            forwarded       | Forwarded: for=198.51.100.7            | Forwarded: for=198.51.100.8              | 200
            forwarded       | Forwarded: for=198.51.100.7            | Forwarded: for="198.51.100.7:80"         | 429
            forwarded       | Forwarded: for=198.51.100.7            | Forwarded: for=1.1.1.1, for=198.51.100.7 | 429
            forwarded       | Forwarded: for="[2001:db8:1:2::1]"     | Forwarded: for="[2001:db8:1:2::2]"       | 429
            forwarded       | Forwarded: for="[2001:db8:1:2::1]"     | Forwarded: for="[2001:db8:1:3::1]"       | 200
            forwarded       | X-Forwarded-For: 198.51.100.7          | X-Forwarded-For: 198.51.100.8            | 429
            x-forwarded-for | X-Forwarded-For: 198.51.100.7          | X-Forwarded-For: 198.51.100.8            | 200
            x-forwarded-for | X-Forwarded-For: 198.51.100.7          | X-Forwarded-For: 1.1.1.1, 198.51.100.7   | 429
            x-forwarded-for | Forwarded: for=198.51.100.7            | Forwarded: for=198.51.100.8              | 429
            """)
    void isTheOneThatIsBelieved(String believed, String first, String second, int status) {
        try (Gateway gateway = TestGateway.start(
                "server.http.trusted_proxies",
                "127.0.0.0/8, ::1",
                "server.http.client_address_header",
                believed,
                "redis.token_bucket.capacity",
                "1",
                "redis.token_bucket.refill_rate",
                "0.001")) {
            assertThat(health(gateway, first).status()).isEqualTo(200);
            assertThat(health(gateway, second).status()).isEqualTo(status);
        }
    }

    private static RawResponse health(Gateway gateway, String header) {
        return RawClient.exchange(gateway.address(), "GET /health HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n");
    }
}
