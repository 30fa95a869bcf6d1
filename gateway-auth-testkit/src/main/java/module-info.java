/** Keys, tokens, hostile tokens and contract tests for code that is built on {@code io.tollgate.auth}. */
module io.tollgate.auth.testkit {
    requires transitive io.tollgate.auth;
    requires static transitive org.jspecify;
    requires static org.junit.jupiter.api;
    requires jdk.httpserver;

    exports io.tollgate.auth.testkit;

    // JUnit calls the tests of the contracts, which are package-private, by reflection.
    opens io.tollgate.auth.testkit;
}
