/** Typed settings from a YAML or HOCON file and environment variables. */
module io.tollgate.config {
    requires transitive io.tollgate.api;
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.dataformat.yaml;
    requires typesafe.config;

    exports io.tollgate.config;
}
