# syntax=docker/dockerfile:1
# The gateway (the default target), and the reference services as the target "reference-services":
#
#   docker build -t tollgate .
#   docker build -t tollgate-reference-services --target reference-services .
#
# docs/operations.md says what the image expects of those who run it.

# Builds both jars, and a Java runtime of the modules that they use.
FROM maven:3.9.16-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
# What git would say, which is not in the build context: --build-arg COMMIT=$(git rev-parse HEAD)
ARG COMMIT=unknown
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -q --no-transfer-progress package -DskipTests -Dgit.commit.id.abbrev="$(printf %.7s "$COMMIT")" \
        -pl gateway-undertow-runner,examples/reference-services -am
# gRPC's native libraries lie beside the runtime's own, so that they need not be unpacked into a /tmp that may be noexec.
# The options are those of every JVM of this runtime; JAVA_TOOL_OPTIONS overrides them.
RUN jlink --output /opt/jre --no-header-files --no-man-pages \
        --add-modules java.base,java.instrument,java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.security.sasl,java.sql,java.xml,jdk.crypto.ec,jdk.jcmd,jdk.jfr,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs \
        --add-options="-XX:+UseG1GC -XX:MaxRAMPercentage=50 -XX:MaxDirectMemorySize=96m -XX:+ExitOnOutOfMemoryError -XX:-UsePerfData" \
    && jar --extract --file gateway-undertow-runner/target/gateway.jar META-INF/native \
    && cp META-INF/native/*_"$(uname -m | sed 's/aarch64/aarch_64/')".so /opt/jre/lib/

# What all the images below have in common.
FROM debian:13-slim AS runtime
ENV LANG=C.UTF-8 PATH=/opt/jre/bin:$PATH
COPY --from=build /opt/jre /opt/jre

# Starts everything once and goes through the five endpoints, to write down what the JVM has loaded and compiled by then.
FROM runtime AS trained
COPY --from=build /src/gateway-undertow-runner/target/gateway.jar /app/gateway.jar
COPY --from=build /src/examples/reference-services/target/reference-services.jar /app/reference-services.jar
COPY deploy/image/train /usr/local/bin/train
RUN ["train", "/app/gateway.aot"]

FROM runtime AS reference-services
LABEL org.opencontainers.image.title="Tollgate reference services" \
      org.opencontainers.image.description="A user service and an order service for Tollgate to talk to; say user or order" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY LICENSE NOTICE /app/
COPY deploy/image/healthcheck /usr/local/bin/healthcheck
COPY --from=build /src/examples/reference-services/target/reference-services.jar /app/
# A volume mounted here belongs to the one who runs.
COPY --chown=10001:10001 deploy/image/data /data
ENV GRPC_HOST=0.0.0.0 GRPC_PORT=50051
USER 10001:10001
WORKDIR /app
EXPOSE 50051
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 CMD ["healthcheck", "listens"]
ENTRYPOINT ["java", "-jar", "/app/reference-services.jar"]

FROM runtime AS gateway
ARG COMMIT=unknown
ARG VERSION=0.1.0-SNAPSHOT
LABEL org.opencontainers.image.title="Tollgate" \
      org.opencontainers.image.description="HTTP/JSON in, gRPC out; JWT authentication and rate limits between them" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$COMMIT"
COPY LICENSE NOTICE /app/
COPY deploy/image/healthcheck /usr/local/bin/healthcheck
COPY --from=trained /app/gateway.jar /app/gateway.aot /app/
# Fails where the archive would not be used, as when the jar's time of change were lost on the way here.
RUN ["java", "-XX:AOTMode=on", "-XX:AOTCache=/app/gateway.aot", "-cp", "/app/gateway.jar:/app/extensions/*", "io.tollgate.runner.Tollgate", "--version"]
# In a container loopback is nobody's: health and metrics are open, all else of the admin port needs SERVER_ADMIN_TOKEN.
ENV APP_ENVIRONMENT=production SERVER_ADMIN_HOST=0.0.0.0
USER 10001:10001
# Jars mounted here are on the class path: types of rate-limit policies, for example.
WORKDIR /app/extensions
# A config.yaml mounted here is read.
WORKDIR /etc/tollgate
EXPOSE 8080 9090
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 CMD ["healthcheck", "lives"]
ENTRYPOINT ["java", "-XX:AOTCache=/app/gateway.aot", "-cp", "/app/gateway.jar:/app/extensions/*", "io.tollgate.runner.Tollgate"]
