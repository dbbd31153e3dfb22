package firstlight.lab;

import java.util.List;

/** A boot story as data: a LAN, and the steps that are done and seen on it. */
record Scenario(String name, String says, Lan.Topology topology, List<Step> steps) {
    Scenario {
        steps = List.copyOf(steps);
    }
}
