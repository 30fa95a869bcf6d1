package io.tollgate.auth.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ModuleTest {
    private static ModuleDescriptor module() throws IOException {
        try (InputStream descriptor = Files.newInputStream(Path.of("target", "classes", "module-info.class"))) {
            return ModuleDescriptor.read(descriptor);
        }
    }

    @Test
    void needsTheLibraryAndTheServerOfTheJdkAndJunitOnlyForContracts() throws IOException {
        assertThat(module().requires())
                .filteredOn(requires -> !requires.modifiers().contains(Modifier.STATIC))
                .extracting(ModuleDescriptor.Requires::name)
                .containsExactlyInAnyOrder("java.base", "io.tollgate.auth", "jdk.httpserver");
        assertThat(module().requires())
                .filteredOn(requires -> requires.modifiers().contains(Modifier.STATIC))
                .extracting(ModuleDescriptor.Requires::name)
                .containsExactlyInAnyOrder("org.jspecify", "org.junit.jupiter.api");
    }

    @Test
    void exportsOnePackageWhoseContractsJunitMayCall() throws IOException {
        assertThat(module().exports())
                .extracting(ModuleDescriptor.Exports::source)
                .containsExactly("io.tollgate.auth.testkit");
        assertThat(module().opens())
                .extracting(ModuleDescriptor.Opens::source)
                .containsExactly("io.tollgate.auth.testkit");
    }
}
