package io.tollgate.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
    @ParameterizedTest
    @CsvSource({
        "redis://:hunter2@redis:6379, <redacted>@redis:6379",
        "hunter2@redis, <redacted>@redis",
        "https://a:hunt@er2@host/x, <redacted>@host/x",
        "https://host/x?token=hunter2, https://host/x?<redacted>",
        "https://host/x#hunter2, https://host/x#<redacted>",
        "redis://:hunter2, redis://<redacted>",
        "redis://user:hunter2, redis://<redacted>",
        "'https://host/x?ids=1,2&token=hunter2', https://host/x?<redacted>",
        "host=redis password=hunter2, host=redis password=<redacted>",
        "'{\"token\": \"hunter2\"}', '{\"token\": <redacted>'",
        "redis://:12345, redis://<redacted>",
        "tcp://10.0.0.1:6379, tcp://10.0.0.1:6379",
        "http://[::1]:4318, http://[::1]:4318",
        "http://localhost:8080/, http://localhost:8080/",
        "a:0, a:0",
        "eighty, eighty",
    })
    void showsAValueWithoutItsCredentials(String value, String shown) {
        assertThat(Redaction.ofValue(value)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({
        "'cannot fetch https://ann:hunter2@host/keys', 'cannot fetch https://<redacted>@host/keys'",
        "'cannot fetch https://ann:hun ter2@host/keys', 'cannot fetch https://<redacted>@host/keys'",
        "'cannot fetch https://host/keys?token=hunter2 now', 'cannot fetch https://host/keys?<redacted> now'",
        "'[url=https://host/keys?token=hunter2]', '[url=https://host/keys?<redacted>]'",
        "'https://host/keys?ids=1,2&token=hunter2: status 404', 'https://host/keys?<redacted> status 404'",
        "'(see https://host/keys?a=(1)[2]{3}&token=hunter2), or not', '(see https://host/keys?<redacted>), or not'",
        "'GET \"https://host/keys?token=hunter2\" failed', 'GET \"https://host/keys?<redacted>\" failed'",
        "'login: password: hunter2', 'login: password: <redacted>'",
        "'password=hun,ter2 db=1', 'password=<redacted> db=1'",
        "'{\"password\": \"hun ter2\", \"db\": 1}', '{\"password\": <redacted>, \"db\": 1}'",
        "'Authorization: Bearer hunter2', 'Authorization: Bearer <redacted>'",
        "'https:/ann:hunter2@host/keys: no such file', 'https:/<redacted>@host/keys: no such file'",
        "'cannot connect to redis://:hunter2', 'cannot connect to redis://<redacted>'",
        "'redis: host=redis password=hunter2, db=1', 'redis: host=redis password=<redacted>, db=1'",
        "'connect to ann:hunter2@host', 'connect to <redacted>@host'",
    })
    void showsATextWithoutTheCredentialsInIt(String text, String shown) {
        assertThat(Redaction.ofText(text)).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown key (did you mean server.http.port?)",
                "jwt.secret_key: missing (expected: a secret of 32 to 4096 bytes)",
                "cannot listen on 127.0.0.1:8080: Address already in use",
                "https://issuer.example/jwks.json: status 404",
                "https://issuer.example:8443: status 404",
                "https://issuer.example/jwks?, (https://issuer.example/jwks?) and \"https://issuer.example/jwks?\"",
                "<redacted>@host",
                "@Deprecated is no value"
            })
    void leavesOtherTextsAsTheyAre(String text) {
        assertThat(Redaction.ofText(text)).isEqualTo(text);
    }

    @Test
    void takesHugeTexts() {
        String text = "https://ann:hunter2" + "a:/".repeat(300_000) + "@ ".repeat(300_000) + "://x:".repeat(300_000);

        assertThat(Redaction.ofText(text)).hasSizeLessThan(10_000).doesNotContain("hunter2");
        assertThat(Redaction.ofValue(text)).hasSizeLessThan(10_000).doesNotContain("hunter2");
    }
}
