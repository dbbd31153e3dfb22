package firstlight.wire.work;

import firstlight.model.Facts;

/**
 * The engine's first words: the full facts, for the detailed check.
 *
 * @param engine name and version of the engine, for the log
 */
public record Hello(String engine, Facts facts) {}
