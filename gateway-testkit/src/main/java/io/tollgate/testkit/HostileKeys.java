package io.tollgate.testkit;

import java.util.List;

/** Bucket keys that an encoding might confuse or shorten. */
final class HostileKeys {
    static final List<String> ALL = List.of(
            "a",
            "A",
            " a",
            "a ",
            "a\nb",
            "a\r\nb",
            "{a}",
            "}a{",
            "a}b",
            "{",
            "}",
            "%7B",
            "%",
            "\u0000",
            "\ud800",
            "\udfff",
            "\ud83d\ude00",
            "\u00e9",
            "e\u0301",
            "*",
            "a:b",
            "x".repeat(10_000),
            "x".repeat(10_001),
            "\n".repeat(200),
            "\n".repeat(201),
            "\ud800".repeat(300),
            "\ud801".repeat(300),
            "sha256:" + "0".repeat(64));

    private HostileKeys() {}
}
