package firstlight.wire.work;

import firstlight.model.Facts;

/**
 * The engine's first words: the full facts, for the detailed check.
 *
 * @param engine name and version of the engine, for the log
 * @param maintenance a person is at the PC: facts are told, no work is begun
 */
public record Hello(String engine, Facts facts, boolean maintenance) {
    public Hello(String engine, Facts facts) {
        this(engine, facts, false);
    }
}
