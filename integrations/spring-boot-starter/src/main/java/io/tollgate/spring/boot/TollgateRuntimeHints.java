package io.tollgate.spring.boot;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/** The resources and classes that a native image of an application must keep: the scripts that Redis runs, and the pages for operators. */
final class TollgateRuntimeHints implements RuntimeHintsRegistrar {
    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.resources().registerPattern("io/tollgate/ratelimit/*.lua").registerPattern("io/tollgate/operations/*");
        hints.reflection().registerType(InvalidPropertiesAnalyzer.class, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
    }
}
