/** Pages for the operators and developers of a server, as endpoints for any server, and log lines. */
module io.tollgate.operations {
    requires transitive io.tollgate.api;
    requires static transitive org.jspecify;
    requires static transitive ch.qos.logback.classic;
    requires static ch.qos.logback.core;
    requires com.fasterxml.jackson.core;
    requires java.management;
    requires jdk.management;
    requires transitive org.slf4j;

    exports io.tollgate.operations;
    exports io.tollgate.operations.logging;
    exports io.tollgate.operations.process;
}
