package firstlight.environment;

import java.time.Duration;
import java.util.List;

/**
 * What went into an environment.
 *
 * @param notes what a person should know, such as "no NIC firmware: ..."
 */
public record Report(List<Part> parts, List<String> notes, Duration took) {
    public Report {
        parts = List.copyOf(parts);
        notes = List.copyOf(notes);
    }

    /**
     * One part: its size in the PC's memory and on the wire, and whether it was kept from an earlier build.
     *
     * @param contents a few words: "kernel 6.1.0-40, 163 modules"
     */
    public record Part(String name, String contents, long unpackedBytes, long bytes, boolean kept) {}
}
