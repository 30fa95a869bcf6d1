package io.tollgate.grpc.transcoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTemplateTest {
    /** The template, its shape, and its variables as field:from-to, with ! if one is a single segment. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/                                    | /                       | ``",
                "/shelves                             | /shelves                | ``",
                "/a.b-c_d~e                           | /a.b-c_d~e              | ``",
                "/v1/$discovery/rest@now              | /v1/$discovery/rest@now | ``",
                "/a%20b/%2F                           | /a%20b/%2F              | ``",
                "/*                                   | /*                      | ``",
                "/**                                  | /**                     | ``",
                "/**/x                                | /**/x                   | ``",
                "/a/**/b/*                            | /a/**/b/*               | ``",
                "/shelves/{shelf}                     | /shelves/*              | shelf:1-2!",
                "/shelves/{shelf=*}                   | /shelves/*              | shelf:1-2!",
                "/shelves/{shelf}/books/{book}        | /shelves/*/books/*      | shelf:1-2! book:3-4!",
                "/v1/{name=shelves/*/books/*}         | /v1/shelves/*/books/*   | name:1-5",
                "/v1/{name=shelves/**}                | /v1/shelves/**          | name:1-3",
                "/v1/{name=**}                        | /v1/**                  | name:1-2",
                "/v1/{name=shelves}                   | /v1/shelves             | name:1-2!",
                "/v1/{book.name=shelves/*}/x/{a.b.c}  | /v1/shelves/*/x/*       | book.name:1-3 a.b.c:4-5!",
                "/{a=x/*}/{b=y/**/z}/c                | /x/*/y/**/z/c           | a:0-2 b:2-5",
                "/v1/messages:watch                   | /v1/messages:watch      | ``",
                "/v1/{name=operations/**}:cancel      | /v1/operations/**:cancel | name:1-3",
                "/{id}:a-b_c.d                        | /*:a-b_c.d              | id:0-1!",
                "/*:verb                              | /*:verb                 | ``",
                "/_a/{_b1}                            | /_a/*                   | _b1:1-2!",
            })
    void parses(String text, String shape, String variables) {
        HttpTemplate template = HttpTemplate.parse(text);

        assertThat(template.shape()).isEqualTo(shape);
        assertThat(template.variables().stream()
                        .map(v -> v.field() + ":" + v.from() + "-" + v.to() + (v.single() ? "!" : ""))
                        .collect(Collectors.joining(" ")))
                .isEqualTo(variables);
        assertThat(template).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "a/b",
                "//",
                "/a/",
                "/a//b",
                "//a",
                "/a:",
                "/:a",
                "/a:b/c",
                "/a:b:c",
                "/a:*",
                "/a:{b}",
                "/{}",
                "/{a",
                "/a}",
                "/{a}b",
                "/a{b}",
                "/{a}{b}",
                "/{a=}",
                "/{=a}",
                "/{a=b",
                "/{a=b/}",
                "/{a=/b}",
                "/{a={b}}",
                "/{a={b=*}}",
                "/{a.}",
                "/{.a}",
                "/{a..b}",
                "/{1a}",
                "/{a-b}",
                "/{a b}",
                "/{ a }",
                "/{a:b}",
                "/{a=b:c}",
                "/***",
                "/*a",
                "/a*",
                "/a*b",
                "/**/**",
                "/a/**/b/**",
                "/{a=**}/{b=**}",
                "/{a}/{a}",
                "/{a.b}/x/{a.b}",
                "/a?b",
                "/a#b",
                "/a b",
                "/a\tb",
                "/a%",
                "/a%2",
                "/a%zz",
                "/a\\b",
                "/é",
                "/a=b",
                "/a/..%",
                "/[a]",
                " /a",
                "/a ",
                "/{a}/",
                "/{a=*/}",
            })
    void rejects(String text) {
        assertThatThrownBy(() -> HttpTemplate.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("template")
                .hasMessageContaining("expected: ");
    }

    @Test
    void saysWhereTheFaultIs() {
        assertThatThrownBy(() -> HttpTemplate.parse("/v1/{name=shelves/*}}"))
                .hasMessage("template \"/v1/{name=shelves/*}}\" has \"}\" at character 21"
                        + " (expected: a slash, a verb or the end)");
        assertThatThrownBy(() -> HttpTemplate.parse("/a/**/b/**"))
                .hasMessage("template \"/a/**/b/**\" has \"*\" at character 9"
                        + " (expected: at most one ** in a template)");
        assertThatThrownBy(() -> HttpTemplate.parse("/v1/"))
                .hasMessage(
                        "template \"/v1/\" has the end at character 5" + " (expected: a literal, *, ** or a variable)");
    }

    @Test
    void rejectsATemplateOfAnyLength() {
        assertThatThrownBy(() -> HttpTemplate.parse("/a".repeat(1_001))).hasMessageContaining("at most 2000");
    }

    @Test
    void unwindsVariables() {
        assertThat(List.of("/v1/{a=x/*}/{b}", "/v1/x/{c}/*", "/v1/{d=x/*/*}"))
                .allSatisfy(text -> assertThat(HttpTemplate.parse(text).shape()).isEqualTo("/v1/x/*/*"));
    }
}
