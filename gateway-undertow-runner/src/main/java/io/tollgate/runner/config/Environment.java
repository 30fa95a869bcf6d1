package io.tollgate.runner.config;

/** The environment that a gateway runs in. */
public enum Environment {
    /** On a developer's machine: readable logs, the sample secret is accepted. */
    DEVELOPMENT,
    /** In a test. */
    TEST,
    /** Releases are tried here. */
    STAGING,
    /** Before the public: JSON logs, the sample secret is rejected. */
    PRODUCTION
}
