# Everything a newcomer needs is `make run` and `make test`; `make help` lists the rest.
# MAVEN_FLAGS adds to every Maven call, for example MAVEN_FLAGS=-o.

export MAVEN_FLAGS
MVN  := mvn -B --no-transfer-progress $(MAVEN_FLAGS)
JAVA := $(if $(JAVA_HOME),$(JAVA_HOME)/bin/java,java)

# A second JDK to run the tests on, if one is installed: OTHER_JDK=/path/to/jdk
OTHER_JDK    ?= $(firstword $(wildcard /usr/lib/jvm/temurin-25* /usr/lib/jvm/*25*))
REDIS_SERVER ?= $(shell command -v redis-server)

BENCH       := $(JAVA) -Xmx1g -cp examples/benchmarks/target/benchmarks.jar io.tollgate.examples.benchmarks.gateway.Bench
BENCH_BUILD := $(MVN) -q package -DskipTests -pl gateway-undertow-runner,examples/benchmarks -am
PEER        := examples/benchmarks/spring-cloud-gateway
# For shorter runs: make bench SCENARIOS=purchase,health ROUNDS=3 SECONDS=5 WARMUP=45
BENCH_OPTIONS = --out target/bench --gateway gateway-undertow-runner/target/gateway.jar \
  --commit $(shell git describe --always --dirty --exclude '*' 2>/dev/null || echo unknown) \
  $(if $(SCENARIOS),--scenarios $(SCENARIOS)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SECONDS),--seconds $(SECONDS)) \
  $(if $(WARMUP),--warmup $(WARMUP)) \
  $(if $(filter command environment,$(firstword $(origin REDIS_SERVER))),--redis $(REDIS_SERVER))

# The examples whose servers make bench-embedded measures; that of Helidon needs JDK 21 or newer.
EMBEDDED         := examples/embed-jdk,examples/embed-servlet,examples/embed-netty,examples/embed-vertx,examples/embed-javalin,examples/embed-grpc
MEASURE_HELIDON   = $(and $(OTHER_JDK),$(if $(SERVERS),$(findstring helidon,$(SERVERS)),all))
WITH_CLASS_PATHS := $(MVN) -q package dependency:build-classpath -DskipTests -Dmdep.outputFile=target/bench.classpath

# The modules whose code make mutation changes.
MUTATED := gateway-api,gateway-ratelimit,gateway-auth
comma   := ,

DOCKER  := scripts/docker.sh docker
COMPOSE := scripts/docker.sh compose

.DEFAULT_GOAL := help
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*\#\# .*/\1/p' $(firstword $(MAKEFILE_LIST)))

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-26s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build every jar, without running the tests
	$(MVN) -q package -DskipTests

run: build ## Build and run the gateway on http://localhost:8080 with everything it needs inside
	$(JAVA) -jar examples/demo/target/demo.jar

run-transcoding: ## Build and run a gRPC service with HTTP annotations behind the gateway: see docs/transcoding.md
	$(WITH_CLASS_PATHS) -pl examples/transcoding -am
	cd examples/transcoding && $(JAVA) -cp target/classes:$$(cat target/bench.classpath) \
	  io.tollgate.examples.transcoding.TranscodingDemo config.yaml

dev: ## Run gateway, services and Redis as processes; restart the gateway when its source changes
	@scripts/dev.sh

test: ## Build and run every test
	$(MVN) verify

test-other-jdk: ## Run every test on a second JDK too (OTHER_JDK=/path/to/jdk)
	@test -n "$(OTHER_JDK)" || { echo "No second JDK found: set OTHER_JDK=/path/to/jdk."; exit 2; }
	$(MVN) verify -Pother-jdk -Dother.jvm=$(OTHER_JDK)/bin/java

test-helidon: ## Build and test the example for Helidon, which needs JDK 21 or newer (OTHER_JDK=/path/to/jdk)
	@test -n "$(OTHER_JDK)" || { echo "No second JDK found: set OTHER_JDK=/path/to/jdk."; exit 2; }
	JAVA_HOME=$(OTHER_JDK) $(MVN) test -pl examples/embed-helidon -am \
	  -Dtest='io/tollgate/examples/helidon/*Test' -Dsurefire.failIfNoSpecifiedTests=false

test-redis: ## Run the tests that use Redis with another server (REDIS_SERVER=/path/to/redis-server)
	@test -x "$(REDIS_SERVER)" || { echo "REDIS_SERVER is not an executable: set REDIS_SERVER=/path/to/redis-server."; exit 2; }
	$(MVN) test -pl gateway-ratelimit,gateway-auth,gateway-undertow-runner,integrations/micrometer,integrations/opentelemetry,integrations/jdk-httpserver,integrations/servlet -am \
	  -Dtest='*Redis*Test,LeasesAndReservationsTest,SharedLimitTest,OutageTest,RateLimiterMetricsTest,GuardSpansTest,TracingListenerTest,GuardFilter*ContractTest,Jetty*ContractTest,Tomcat*ContractTest' \
	  -Dsurefire.failIfNoSpecifiedTests=false -Dtest.jvm.args='-XX:+EnableDynamicAgentLoading -Dtollgate.redis.server=$(REDIS_SERVER)'

test-boot: ## Build and call small applications with Spring Boot 3.5, 4.0 and 4.1, outside the reactor
	@scripts/boot-apps.sh

soak: ## Inject faults under load for MINUTES (10 by default), then look for leaks
	$(MVN) -q test -Psoak -pl gateway-undertow-runner -am -Dtest.jvm.args='-XX:+EnableDynamicAgentLoading -Dtollgate.soak.minutes=$(or $(MINUTES),10)'

attack: ## Attack a gateway from all sides for MINUTES (10), with SCALE (1) thousand connections: what does another client get?
	$(MVN) -q test -pl gateway-undertow-runner -am -Dtest=AttacksTest -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dtollgate.attack.duration=PT$(or $(MINUTES),10)M -Dtollgate.attack.scale=$(or $(SCALE),1)

fuzz: ## Search for inputs that break a parser, by TARGET for SECONDS (60); without TARGET, list the targets
	@scripts/fuzz.sh "$(TARGET)" "$(or $(SECONDS),60)"

# Chromium, its driver, curl, openssl and h2load come from Debian's packages; nothing else is fetched. What make test built is not built again.
test-clients: ## Use the gateway with Chromium, curl, openssl and h2load (installed by apt-get if they are not there)
	@bash .ci/clients
	$(MVN) -q -Pbrowser -pl examples/client-tests -am test -DskipTests

mutation: ## Change limiters, guard and tokens in thousands of small ways: does a test fail for each? (CONTRIBUTING.md)
	@echo "Running the tests for some 2,200 changes of the code: 10 to 15 minutes on 2 cores."
	$(MVN) -q process-test-classes -Pmutation -pl $(MUTATED) -am
	@scripts/mutation.sh $(subst $(comma), ,$(MUTATED))

bench: ## Measure the gateway beside floors and a peer (docs/performance.md); BASE=other-gateway.jar compares two jars
	@scripts/load-generators.sh
	$(BENCH_BUILD)
ifdef BASE
	$(BENCH) compare --base $(BASE) $(BENCH_OPTIONS)
else
	$(MVN) -q package -f $(PEER)/pom.xml
	$(BENCH) run --peer $(PEER)/target/peer.jar $(BENCH_OPTIONS)
endif

bench-embedded: ## Measure the library in other servers, beside the bare servers (SERVERS=jdk,grpc ROUNDS SECONDS WARMUP APPS=name=jar)
	$(WITH_CLASS_PATHS) -pl examples/benchmarks,$(EMBEDDED) -am
	$(if $(MEASURE_HELIDON),JAVA_HOME=$(OTHER_JDK) $(WITH_CLASS_PATHS) -pl examples/embed-helidon -am)
	$(JAVA) -Xmx1g -cp examples/benchmarks/target/benchmarks.jar io.tollgate.examples.benchmarks.embedded.EmbeddedBench \
	  --out target/bench-embedded --examples examples $(if $(MEASURE_HELIDON),--jdk-21 $(OTHER_JDK)) \
	  $(if $(SERVERS),--servers $(SERVERS)) $(if $(APPS),--apps "$(APPS)") \
	  $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(WARMUP),--warmup $(WARMUP))

bench-transcoding: ## Measure a gRPC service over HTTP by Tollgate, Armeria, Vert.x and Spring (ROUNDS SECONDS WARMUP)
	$(MVN) -q package -DskipTests -pl examples/benchmarks -am
	$(MVN) -q package -f examples/benchmarks/transcoders/pom.xml
	$(MVN) -q package -f $(PEER)/pom.xml
	$(JAVA) -Xmx1g -cp examples/benchmarks/target/benchmarks.jar io.tollgate.examples.benchmarks.transcoding.TranscodingBench \
	  --out target/bench-transcoding --peers examples/benchmarks/transcoders/target --spring $(PEER)/target/peer.jar \
	  $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(WARMUP),--warmup $(WARMUP))

bench-guard: ## Fail if a purchase costs more CPU or memory than examples/benchmarks/figures.properties allows
	$(BENCH_BUILD)
	$(BENCH) guard --figures examples/benchmarks/figures.properties $(BENCH_OPTIONS)

bench-docs: ## Write the figures of the last make bench into docs/performance.md
	$(BENCH) docs --out target/bench --page docs/performance.md --chart docs/images/cpu-per-request.svg

ci: ## What runs on every submission: linters, static analysis, tests on both JDKs, real clients
	bash .ci/run

fmt: ## Format the code
	$(MVN) -q spotless:apply -Pbrowser,jdk-21

lint: lint-java lint-files ## Check all that can be checked without running it

lint-java: ## Check formatting; warnings, Error Prone and unused dependencies are errors
	$(MVN) -q spotless:check -Pbrowser,jdk-21
	$(MVN) -q process-test-classes -Pstrict,browser

lint-files: ## Check scripts, YAML, workflows, protocol, deployment (after make install-tools)
	@scripts/lint.sh

proto: ## Lint the protocol, compare it with what is deployed, and generate its Java
	@scripts/proto.sh
	$(MVN) -q generate-sources -pl proto -am
	@echo "Java is in proto/target/generated-sources/protobuf; proto/README.md has other languages."

docs: ## Write the tables of configuration keys and of API versions from the code
	$(MVN) -q test -pl gateway-undertow-runner -am -Dtest='*KeysTest,ApiVersionsTest' -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dtest.jvm.args=-Dtollgate.docs.write=true

stage: ## Put all artifacts into target/stage, a Maven repository, as they would be published
	scripts/stage.sh

reproducible: ## Build the staged artifacts once more from a clean clone: fail unless they have the same bytes
	scripts/reproducible.sh

sbom: ## List what the jars are made of, as CycloneDX, in target/sbom.json
	$(MVN) -q package -DskipTests cyclonedx:makeAggregateBom

clean: ## Delete what was built
	$(MVN) -q clean
	rm -rf $(PEER)/target examples/benchmarks/transcoders/target

deps: ## Fetch all that Maven needs: MAVEN_FLAGS=-o then works without a network
	@scripts/deps.sh

deps-outdated: ## Show which versions in pom.xml have newer ones
	@scripts/deps-outdated.sh

setup-dev: ## See what is installed here, and let git check formatting before a commit
	@scripts/setup-dev.sh

install-tools: ## Install the linters, by apt-get and from npm as tools/ pins them
	@scripts/install-tools.sh

docker-build: ## Build the images tollgate:local and tollgate-reference-services:local
	$(DOCKER) build --build-arg COMMIT -t tollgate:local .
	$(DOCKER) build --build-arg COMMIT -t tollgate-reference-services:local --target reference-services .

docker-run: ## Run the gateway's image alone on http://localhost:8080; .env says what it gets
	$(DOCKER) run --rm --init --read-only --tmpfs /tmp --env-file .env -p 127.0.0.1:8080:8080 tollgate:local

docker-compose-up: ## Build and start gateway, Redis, user and order services in containers
	$(COMPOSE) up --build --wait

docker-compose-monitoring: ## The same, with Prometheus and Grafana
	$(COMPOSE) --profile monitoring up --build --wait

docker-compose-down: ## Stop those containers
	$(COMPOSE) --profile monitoring down

docker-compose-logs: ## Follow their logs
	$(COMPOSE) --profile monitoring logs --follow

docker-compose-clean: ## Stop them and delete what they kept, volumes and images
	$(COMPOSE) --profile monitoring down --volumes --rmi local --remove-orphans
