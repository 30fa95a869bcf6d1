package io.tollgate.config;

/**
 * Reads a value that has more to it than a text: a section whose names are the operator's, or a list of sections.
 *
 * @param <T> what it is read into; its {@code toString} shows no secret
 */
@FunctionalInterface
public interface StructureReader<T> {
    /** Returns the value; notes what is wrong with it in {@code node}, and then the result is not used. */
    T read(ConfigNode node);
}
