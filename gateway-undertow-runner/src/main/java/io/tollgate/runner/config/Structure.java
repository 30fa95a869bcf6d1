package io.tollgate.runner.config;

/**
 * Reads a value that has more to it than a text: a section whose names are the operator's, or a list of sections.
 *
 * @param <T> what it is read into; its {@code toString} shows no secret
 */
@FunctionalInterface
interface Structure<T> {
    /** The value; what is wrong with it is noted in {@code node}, and the result then not used. */
    T read(Node node);
}
