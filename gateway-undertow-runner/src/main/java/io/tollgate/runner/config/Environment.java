package io.tollgate.runner.config;

/** Where a gateway runs. */
public enum Environment {
    /** On a developer's machine: readable logs, the sample secret is accepted. */
    DEVELOPMENT,
    /** In a test. */
    TEST,
    /** Where releases are tried. */
    STAGING,
    /** Before the public: JSON logs, the sample secret is refused. */
    PRODUCTION
}
