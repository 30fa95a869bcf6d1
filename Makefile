# Everything a newcomer needs is `make run` and `make test`; `make help` lists the rest.
# MAVEN_FLAGS adds to every Maven call, for example MAVEN_FLAGS=-o.

MVN  := mvn -B --no-transfer-progress $(MAVEN_FLAGS)
JAVA := $(if $(JAVA_HOME),$(JAVA_HOME)/bin/java,java)

# A second JDK to run the tests on, if one is installed: OTHER_JDK=/path/to/jdk
OTHER_JDK ?= $(firstword $(wildcard /usr/lib/jvm/temurin-25* /usr/lib/jvm/*25*))

.DEFAULT_GOAL := help
.PHONY: help build run test test-browser test-other-jdk ci fmt lint docs clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build every jar, without running the tests
	$(MVN) -q package -DskipTests

run: build ## Build and run the gateway on http://localhost:8080 with everything it needs inside
	$(JAVA) -jar examples/demo/target/demo.jar

test: ## Build and run every test
	$(MVN) verify

test-other-jdk: ## Run every test on a second JDK too (OTHER_JDK=/path/to/jdk)
	@test -n "$(OTHER_JDK)" || { echo "No second JDK found: set OTHER_JDK=/path/to/jdk."; exit 2; }
	$(MVN) verify -Pother-jdk -Dother.jvm=$(OTHER_JDK)/bin/java

# Chromium and its driver come from Debian's packages; nothing else is fetched. What make test built is not built again.
test-browser: ## Use the pages in a real browser, headless Chromium (installed by apt-get if it is not there)
	@bash .ci/browser
	$(MVN) -q -Pbrowser -pl examples/browser-tests -am test -DskipTests

ci: ## What runs on every submission: formatting, static analysis, Javadoc, tests on both JDKs
	bash .ci/run

fmt: ## Format the code
	$(MVN) -q spotless:apply -Pbrowser

lint: ## Check formatting, then compile with warnings as errors and Error Prone
	$(MVN) -q spotless:check
	$(MVN) -q test-compile -Pstrict

docs: ## Write the tables of configuration keys and of API versions from the code
	$(MVN) -q test -pl gateway-undertow-runner -am -Dtest=ReadmeKeysTest,ApiVersionsTest -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dtest.jvm.args=-Dtollgate.docs.write=true

clean: ## Delete what was built
	$(MVN) -q clean
