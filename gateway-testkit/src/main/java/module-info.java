/** Virtual time, requests, fakes and contract tests for code that is built on {@code io.tollgate.api}. */
module io.tollgate.testkit {
    requires transitive io.tollgate.api;
    requires static transitive org.jspecify;
    requires static org.junit.jupiter.api;

    exports io.tollgate.testkit;

    // JUnit calls the tests of the contracts, which are package-private, by reflection.
    opens io.tollgate.testkit;
}
