package io.tollgate.auth;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tollgate.auth");

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.tollgate.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void keysRefreshTokensAndRevocationsKnowNothingOfEachOther() {
        for (String one : new String[] {"keys", "refresh", "revocation"}) {
            for (String other : new String[] {"keys", "refresh", "revocation"}) {
                if (!one.equals(other)) {
                    noClasses()
                            .that()
                            .resideInAPackage("io.tollgate.auth." + one)
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage("io.tollgate.auth." + other)
                            .check(CLASSES);
                }
            }
        }
    }

    @Test
    void verifiesAndReadsKeysWithoutRedis() {
        noClasses()
                .that()
                .resideInAnyPackage("io.tollgate.auth", "io.tollgate.auth.keys")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("redis.clients..", "io.tollgate.auth.redis")
                .check(CLASSES);
    }

    @Test
    void exportsWhatUsersCall() {
        ModuleFinder modules = ModuleFinder.of(
                Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                        .map(Path::of)
                        .filter(path -> path.endsWith("classes"))
                        .toArray(Path[]::new));

        assertThat(modules.find("io.tollgate.auth").orElseThrow().descriptor().exports())
                .allMatch(exported -> !exported.isQualified())
                .extracting(ModuleDescriptor.Exports::source)
                .containsExactlyInAnyOrder(
                        "io.tollgate.auth",
                        "io.tollgate.auth.keys",
                        "io.tollgate.auth.refresh",
                        "io.tollgate.auth.revocation");
    }
}
