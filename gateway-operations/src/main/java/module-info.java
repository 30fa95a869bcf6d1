/** The pages that operators and developers see of a server, as endpoints for any server. */
module io.tollgate.operations {
    requires transitive io.tollgate.api;
    requires static transitive org.jspecify;
    requires static ch.qos.logback.classic;
    requires com.fasterxml.jackson.core;
    requires java.management;
    requires jdk.management;
    requires org.slf4j;

    exports io.tollgate.operations;
}
