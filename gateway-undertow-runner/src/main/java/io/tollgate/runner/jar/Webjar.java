package io.tollgate.runner.jar;

import static java.util.Objects.requireNonNull;

/** A library for browsers, of which the files are in the jar. */
public enum Webjar {
    /** Draws charts. */
    UPLOT("uplot"),
    /** Shows a description of an API. */
    SWAGGER_UI("swagger-ui");

    private final String artifact;
    private final String version;

    Webjar(String artifact) {
        this.artifact = artifact;
        this.version = requireNonNull(
                JarFiles.properties(Webjar.class, "webjars.properties").getProperty(artifact), artifact);
    }

    /** For example {@code 1.2.0}. */
    public String version() {
        return version;
    }

    /** All of one of its files. */
    public byte[] read(String file) {
        return JarFiles.read(Webjar.class, "/META-INF/resources/webjars/" + artifact + "/" + version + "/" + file);
    }
}
