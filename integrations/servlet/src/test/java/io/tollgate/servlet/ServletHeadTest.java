package io.tollgate.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServletHeadTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "0:0:0:0:0:0:0:1, 0:0:0:0:0:0:0:1",
        "[2001:db8::1], 2001:db8:0:0:0:0:0:1",
        "fe80::1%eth0, fe80:0:0:0:0:0:0:1",
        "[fe80::1%2], fe80:0:0:0:0:0:0:1",
        "localhost, 0.0.0.0",
        "/run/socket, 0.0.0.0",
        "'', 0.0.0.0",
        ", 0.0.0.0"
    })
    void readsThePeerAsContainersWriteIt(String text, String address) {
        assertThat(ServletHead.address(text).getHostAddress()).isEqualTo(address);
    }
}
