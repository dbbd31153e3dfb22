package firstlight.lab;

import java.util.List;

/**
 * A boot story as data: a LAN, and the steps that are done and seen on it.
 *
 * @param always whether {@code lab test}, and so CI, plays it; the others are played by name
 */
record Scenario(String name, String says, Lan.Topology topology, List<Step> steps, boolean always) {
    Scenario {
        steps = List.copyOf(steps);
    }

    Scenario(String name, String says, Lan.Topology topology, List<Step> steps) {
        this(name, says, topology, steps, true);
    }

    Scenario onlyByName() {
        return new Scenario(name, says, topology, steps, false);
    }
}
