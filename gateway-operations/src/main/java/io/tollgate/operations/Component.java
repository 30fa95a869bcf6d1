package io.tollgate.operations;

import static java.util.Objects.requireNonNull;

import java.util.function.Supplier;

/**
 * A part of the server whose condition is watched.
 *
 * @param look returns the condition; never blocks, and is called a few times a second
 */
record Component(String name, ComponentKind kind, Supplier<Condition> look) {
    Component {
        requireNonNull(name, "name");
        requireNonNull(kind, "kind");
        requireNonNull(look, "look");
    }
}
