package io.tollgate.runner.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tollgate.config.ConfigException;
import io.tollgate.config.ConfigProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadFilesTest {
    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
                    config.yaml | server:\\n\\thttp:                          | :2: not YAML: found character '\\t(TAB)' that cannot start any token
                    config.yaml | server:\\n  http: [1,2\\njwt:               | :3: not YAML: expected ',' or ']'
                    config.yaml | jwt:\\n  secret_key: "marked              | not YAML: found unexpected end of stream
                    config.yaml | redis:\\n  db: 1\\n  db: 2                 | :3: redis.db: duplicate key, first set at
                    config.yaml | redis:\\n  db: 1\\nredis:\\n  port: 1       | :3: redis: duplicate key, first set at
                    config.yaml | redis.db: 1\\nredis: {db: 2}              | redis.db: duplicate key, first set at
                    config.yaml | redis: &r {db: 1}\\nserver: *r            | :2: an alias (expected: the value itself)
                    config.yaml | - a\\n- b                                 | :1: not a mapping (expected: keys such as server:)
                    config.yaml | --- {}\\n--- {}                           | :2: a second document (expected: one)
                    config.yaml | server: 8080                             | :1: server: a value (expected: a section with http, admin)
                    config.yaml | redis: {db: {a: 1}}                      | :1: redis.db: a section (expected: a number, 0 to 65535)
                    config.yaml | redis: {host: [a, b]}                    | :1: redis.host: a list (expected: a host name or an address
                    config.yaml | redis: {nodes: [[a]]}                    | :1: redis.nodes: a list of more than plain values (expected: a list
                    config.yaml | servr: {http: {port: 1}}                 | :1: servr: unknown key (did you mean server?)
                    config.yaml | jwt: {secert_key: marked}                | :1: jwt.secert_key: unknown key (did you mean jwt.secret_key?)
                    config.yaml | nothing_like_it: marked                  | :1: nothing_like_it: unknown key
                    gateway.conf | redis {\\n db = ]                        | :2: not HOCON: Expecting a value but got wrong token: ']'
                    gateway.conf | jwt {\\n secret_key = "marked            | :2: not HOCON: a syntax error (the line may hold a secret, hence no details)
                    gateway.conf | redis.db = ${NOT_THERE}                  | :1: ${NOT_THERE}: neither a variable that is set nor a key of the file (expected: set it, or write ${?NOT_THERE} if it may be unset)
                    gateway.conf | redis.password = ${JWT_SECERT_KEY}\\nredis.db = ${REDIS_D} | :1: ${JWT_SECERT_KEY}: neither a variable that is set nor a key of the file (did you mean ${JWT_SECRET_KEY}?)
                    gateway.conf | redis.password = ${JWT_SECERT_KEY}\\nredis.db = ${REDIS_D} | :2: ${REDIS_D}: neither a variable
                    gateway.conf | redis.db = [1] ${NOT_THERE}               | :1: ${NOT_THERE}: neither a variable
                    gateway.conf | redis.host = ${redis.hots}               | :1: ${redis.hots}: neither a variable
                    gateway.conf | include required("not-there.conf")       | not-there.conf: not HOCON: java.io.IOException: resource not found
                    gateway.json | {"redis": {"db": 1,}}                    | :1: not HOCON:
                    """)
    void areRefusedWithTheLine(String name, String content, String message) throws IOException {
        Path file = Files.writeString(
                folder.resolve(name), content.replace("\\n", "\n").replace("\\t", "\t"));

        ConfigException refused = catchThrowableOfType(
                ConfigException.class,
                () -> ConfigLoader.load(Optional.of(file), Map.of("JWT_SECRET_KEY", Samples.SECRET)));

        assertThat(refused.problems())
                .extracting(ConfigProblem::toString)
                .as(name)
                .anyMatch(problem -> problem.contains(message))
                .noneMatch(problem -> problem.contains("marked"));
    }
}
